using Orleans.Concurrency;
using OrleansTrain.Exchange;
using OrleansTrain.Exchange.Messages;
using OrleansTrain.Grains.Abstractions.ParameterServer;
using OrleansTrain.Grains.Abstractions.Trainers;
using OrleansTrain.Grains.Placement;
using OrleansTrain.Grains.Trainers;
using OrleansTrain.Training;

namespace OrleansTrain.Grains.ParameterServer;

/// <inheritdoc cref="IParameterServerGrain"/>
[Reentrant, PinnedPlacement]
internal sealed class ParameterServerGrain(IExchangeHub hub) : Grain, IParameterServerGrain, IShardFrames
{
    private IExchangeSession? _session;

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => Fence();

    public Task Open(ShardAssignment assignment)
    {
        if (_session is not null)
        {
            return Task.CompletedTask;
        }

        // The shard lives as long as its attempt, however long nobody calls.
        DelayDeactivation(TimeSpan.FromDays(365));
        try
        {
            var layout = ParameterLayout.Create(assignment.Parameters.Select(parameter => (parameter.Name, parameter.Shape)));
            _session = hub.Open(ExchangePlans.Create(
                assignment.RunId, assignment.Attempt, assignment.Shard, assignment.Spec, assignment.Exchange, layout, assignment.FirstStep));
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
        hub.Fence(session.Plan.RunId, session.Plan.Attempt);
        await session.DisposeAsync();
        DeactivateOnIdle();
    }
}
