using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using OrleansTrain.Grains.Abstractions.Runs;
using OrleansTrain.Grains.Abstractions.Trainers;
using OrleansTrain.Grains.Placement;

namespace OrleansTrain.Grains.Trainers;

/// <inheritdoc cref="ITrainerGrain"/>
/// <remarks>
/// The grain only passes on: the rank itself, with its thread and its memory, is a <see cref="RankHost"/>, which an activation may leave to the next.
/// </remarks>
[Reentrant, PinnedPlacement]
internal sealed partial class TrainerGrain(
    RankHostFactory hosts, PinnedObjects<RankHost> kept, TimeProvider time, ILogger<TrainerGrain> logger) : Grain, ITrainerGrain
{
    // A run whose training grain was lost is woken by its ranks: they miss being asked.
    private static readonly TimeSpan Unasked = TimeSpan.FromSeconds(3);

    private RankHost? _host;
    private IGrainTimer? _watch;
    private DateTimeOffset _lastAsked;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (kept.TryFind(this.GetGrainId(), out var host))
        {
            LogAdopts(host.Assignment.RunId, host.Assignment.Rank);
            Hold(host);
        }

        return Task.CompletedTask;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _watch?.Dispose();
        if (_host is null)
        {
            return;
        }

        if (PinnedObjects<RankHost>.Outlives(reason))
        {
            var next = this.AsReference<ITrainerGrain>();
            Revival.Begin(this.GetPrimaryKeyString(), () => next.GetTrace(), logger);
            return;
        }

        kept.Forget(this.GetGrainId());
        await _host.Stop($"its grain is being deactivated: {reason.Description}");
    }

    public async Task<PreparedRank> Prepare(RankAssignment assignment)
    {
        var host = hosts.Create(assignment);
        kept.Keep(this.GetGrainId(), host);
        Hold(host);
        LogPrepares(assignment.RunId, assignment.Rank, assignment.Attempt);
        return await Guard(host.Prepare);
    }

    public Task OpenExchange(ExchangeAssignment exchange) => Guard(async () =>
    {
        await Host.OpenExchange(exchange);
        return true;
    });

    public Task Connect() => Guard(async () =>
    {
        await Host.Connect();
        return true;
    });

    public Task Run()
    {
        Host.Run();
        return Task.CompletedTask;
    }

    public Task<RankProgress> GetProgress(Committed committed)
    {
        _lastAsked = time.GetUtcNow();
        return Task.FromResult(_host?.GetProgress(committed) ?? throw Unknown());
    }

    public Task RequestStop()
    {
        Host.RequestStop();
        return Task.CompletedTask;
    }

    public Task<RankTrace?> GetTrace() => Task.FromResult(_host?.GetTrace());

    public Task<EvaluationReport> Evaluate(EvaluationAssignment assignment) => Guard(() => Host.Evaluate(assignment));

    public async Task Stop(string reason)
    {
        kept.Forget(this.GetGrainId());
        if (_host is not null)
        {
            await _host.Stop(reason);
        }

        DeactivateOnIdle();
    }

    private void Hold(RankHost host)
    {
        // Nothing may collect the grain while its rank computes.
        DelayDeactivation(TimeSpan.FromDays(365));
        _lastAsked = time.GetUtcNow();
        _watch = this.RegisterGrainTimer(WakeRun, new GrainTimerCreationOptions(Unasked, Unasked) { KeepAlive = true });
        _host = host;
    }

    private RankHost Host => _host ?? throw Unknown();

    // An activation that was lost with its silo comes back empty: whoever asks must start a new attempt.
    private RankFailedException Unknown() => new(new RankFailure(
        0, $"the rank {this.GetPrimaryKeyString()} was lost", RankFailure.PeerLost, "", IsTaskError: false));

    private static async Task<T> Guard<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception error) when (error is not RankFailedException)
        {
            throw new RankFailedException(RankFailures.Describe(error, step: 0));
        }
    }

    private async Task WakeRun(CancellationToken cancellationToken)
    {
        if (_host is { } host && time.GetUtcNow() - _lastAsked > Unasked)
        {
            LogUnasked(host.Assignment.RunId, host.Assignment.Rank);
            var isWanted = await GrainFactory.GetGrain<ITrainingGrain>(host.Assignment.RunId).Nudge(host.Assignment.Attempt, host.Assignment.Rank);
            if (!isWanted)
            {
                // Nobody else would: whoever started it was lost before it could tell its successor of this attempt's ranks.
                LogUnwanted(host.Assignment.RunId, host.Assignment.Rank, host.Assignment.Attempt);
                await Stop("the run has gone on without this attempt");
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Run {RunId}: rank {Rank} is prepared for attempt {Attempt}")]
    private partial void LogPrepares(string runId, int rank, int attempt);

    [LoggerMessage(Level = LogLevel.Information, Message = "Run {RunId}: rank {Rank} goes on under a new activation of its grain")]
    private partial void LogAdopts(string runId, int rank);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Run {RunId}: rank {Rank} of attempt {Attempt} ends: the run has gone on without it")]
    private partial void LogUnwanted(string runId, int rank, int attempt);

    [LoggerMessage(Level = LogLevel.Information, Message = "Run {RunId}: rank {Rank} has not been asked for its progress for a while and wakes the run")]
    private partial void LogUnasked(string runId, int rank);
}
