using System.Threading.Channels;
using OrleansTrain.Grains.Abstractions.Runs;
using OrleansTrain.Grains.Abstractions.Specs;

namespace OrleansTrain.Client.Tests.Fakes;

/// <summary>A training grain and the experiment grain that starts it: says the statuses it was given, in order.</summary>
internal sealed class FakeRun : ITrainingGrain, IExperimentGrain
{
    private readonly Channel<Func<RunStatus>> _next = Channel.CreateUnbounded<Func<RunStatus>>();
    private RunStatus _status = Statuses.Waiting;

    public RunSpec? Spec { get; private set; }

    public RunSource? Source { get; private set; }

    public string? CancelReason { get; private set; }

    public (int? Epochs, bool IsAsked) Resumed { get; private set; }

    /// <summary>Thrown by <c>Start</c> of the experiment.</summary>
    public Exception? Refusal { get; init; }

    /// <summary>What the first calls of <c>Start</c> and <c>Cancel</c> meet; those after them succeed.</summary>
    public Queue<Exception> Silences { get; init; } = new();

    /// <summary>What <c>Cancel</c> answers before the run has ended.</summary>
    public Queue<RunStatus> Stopping { get; init; } = new();

    /// <summary>The request IDs of all calls of <c>Start</c>.</summary>
    public List<string> Requests { get; } = [];

    /// <summary>Completed once the client waits for a change that does not come.</summary>
    public TaskCompletionSource Awaited { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public FakeRun Then(params RunStatus[] statuses)
    {
        foreach (var status in statuses)
        {
            _next.Writer.TryWrite(() => status);
        }

        return this;
    }

    public FakeRun ThenThrow(Exception exception)
    {
        _next.Writer.TryWrite(() => throw exception);
        return this;
    }

    public FakeRun Now(RunStatus status)
    {
        _status = status;
        return this;
    }

    public Task<string> Start(RunSpec spec, RunSource source, string requestId)
    {
        (Spec, Source) = (spec, source);
        Requests.Add(requestId);
        if (Silences.TryDequeue(out var silence))
        {
            throw silence;
        }

        return Refusal is null ? Task.FromResult(Statuses.RunId) : Task.FromException<string>(Refusal);
    }

    public Task<RunStatus> GetStatus() => Task.FromResult(_status);

    public async Task<RunStatus> WaitForChange(long version)
    {
        if (!_next.Reader.TryRead(out var next))
        {
            Awaited.TrySetResult();
            next = await _next.Reader.ReadAsync();
        }

        return _status = next();
    }

    public Task<RunStatus> Cancel(string reason)
    {
        if (Silences.TryDequeue(out var silence))
        {
            throw silence;
        }

        CancelReason = reason;
        if (Stopping.TryDequeue(out var stopping))
        {
            return Task.FromResult(stopping);
        }

        var killed = Statuses.Ended(RunPhase.Killed) with { Version = _status.Version + 1 };
        Then(killed);
        return Task.FromResult(killed);
    }

    public Task Resume(int? epochs)
    {
        Resumed = (epochs, true);
        return Task.CompletedTask;
    }

    public Task Start(RunSpec spec, string experimentId, string trackingUri) => throw new NotSupportedException();

    public byte[]? Trace { get; init; }

    public Task<byte[]?> GetTrace() => Task.FromResult(Trace);

    public Task<bool> Nudge(int attempt, int rank) => throw new NotSupportedException();

    public Task SiloLeaving(string silo) => throw new NotSupportedException();
}
