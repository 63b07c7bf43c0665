using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using OrleansTrain.Exchange;
using OrleansTrain.Exchange.Messages;
using OrleansTrain.Grains.Abstractions.ParameterServer;
using OrleansTrain.Grains.Abstractions.Runs;
using OrleansTrain.Grains.Abstractions.Trainers;
using OrleansTrain.Grains.Placement;
using OrleansTrain.Grains.Trainers;
using OrleansTrain.Training;

namespace OrleansTrain.Grains.ParameterServer;

/// <inheritdoc cref="IParameterServerGrain"/>
[Reentrant, PinnedPlacement]
internal sealed partial class ParameterServerGrain(IExchangeHub hub, PinnedObjects<IExchangeSession> kept, ILogger<ParameterServerGrain> logger) : Grain, IParameterServerGrain, IShardFrames
{
    private static readonly TimeSpan AskAfter = TimeSpan.FromSeconds(30);

    private IExchangeSession? _session;
    private IGrainTimer? _watch;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (kept.TryFind(this.GetGrainId(), out var session))
        {
            Hold(session);
        }

        return Task.CompletedTask;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _watch?.Dispose();
        if (!PinnedObjects<IExchangeSession>.Outlives(reason))
        {
            await Fence();
        }
        else if (_session is not null)
        {
            var next = this.AsReference<IParameterServerGrain>();
            Revival.Begin(this.GetPrimaryKeyString(), () => next.GetStatistics(), logger);
        }
    }

    public Task Open(ShardAssignment assignment)
    {
        if (_session is not null)
        {
            return Task.CompletedTask;
        }

        try
        {
            var layout = ParameterLayout.Create(assignment.Parameters.Select(parameter => (parameter.Name, parameter.Shape)));
            var session = hub.Open(ExchangePlans.Create(
                assignment.RunId, assignment.Attempt, assignment.Shard, assignment.Spec, assignment.Exchange, layout, assignment.FirstStep));
            kept.Keep(this.GetGrainId(), session);
            Hold(session);
            if (session.SlowedBy is { } reason)
            {
                LogSlowed(assignment.RunId, reason);
            }

            return Task.CompletedTask;
        }
        catch (Exception error)
        {
            throw new RankFailedException(RankFailures.Describe(error, assignment.FirstStep));
        }
    }

    public Task<ShardStatistics> GetStatistics()
    {
        if (_session is not { } session)
        {
            return Task.FromResult(default(ShardStatistics));
        }

        var statistics = session.Statistics;
        return Task.FromResult(new ShardStatistics(
            statistics.Steps,
            session.Shard.Length,
            statistics.BytesSent,
            statistics.BytesReceived,
            statistics.Waiting.TotalSeconds,
            statistics.Updating.TotalSeconds));
    }

    public Task Greet(string runId, int attempt, int from, int to, byte[] digest)
    {
        hub.Greet(runId, attempt, from, to, digest);
        return Task.CompletedTask;
    }

    public Task Deliver(string runId, int attempt, int from, int to, FrameMessage message) => hub.Receive(runId, attempt, from, to, message);

    public async Task Fence()
    {
        if (_session is not { } session)
        {
            return;
        }

        _session = null;
        _watch?.Dispose();
        kept.Forget(this.GetGrainId());
        hub.Fence(session.Plan.RunId, session.Plan.Attempt);
        await session.DisposeAsync();
        DeactivateOnIdle();
    }

    private void Hold(IExchangeSession session)
    {
        // The shard lives as long as its attempt, however long nobody calls.
        DelayDeactivation(TimeSpan.FromDays(365));
        _session = session;
        _watch?.Dispose();
        _watch = this.RegisterGrainTimer(EndIfUnwanted, new GrainTimerCreationOptions(AskAfter, AskAfter) { KeepAlive = true });
    }

    // Nobody else would: whoever opened it may have been lost before it could tell its successor of this attempt.
    private async Task EndIfUnwanted(CancellationToken cancellationToken)
    {
        if (_session is { } session && !await GrainFactory.GetGrain<ITrainingGrain>(session.Plan.RunId).Nudge(session.Plan.Attempt, rank: 0))
        {
            await Fence();
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Run {RunId}: {Reason}")]
    private partial void LogSlowed(string runId, string reason);
}
