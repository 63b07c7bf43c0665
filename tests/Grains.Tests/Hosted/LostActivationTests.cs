using System.Collections.Concurrent;
using OrleansTrain.Grains.Abstractions.ParameterServer;
using OrleansTrain.Grains.Abstractions.Runs;
using OrleansTrain.Grains.Abstractions.Trainers;
using OrleansTrain.Grains.Tests.Embedded;
using OrleansTrain.Tracking.Server;

namespace OrleansTrain.Grains.Tests.Hosted;

/// <summary>Orleans ends activations on healthy silos, when the silo with their directory entry leaves for example: the ranks behind them go on.</summary>
public class LostActivationTests(MnistRun mnist) : IClassFixture<MnistRun>
{
    [Fact]
    public async Task Ranks_and_shards_go_on_when_Orleans_ends_their_activations()
    {
        await using var tracking = await EmbeddedTrackingServer.StartAsync(new EmbeddedTrackingOptions { DataFolder = Path.Combine(mnist.Home, "lost") });
        var seen = new Activations();
        await using var cluster = await HostedCluster.Start(2, mnist, tracking.Uri, silo => silo.AddIncomingGrainCallFilter(seen));
        var spec = MnistRun.SmallSpec with { Epochs = 4, Exchange = "tcp" };
        var undisturbed = await HostedCluster.Train(cluster, spec);

        // One after another: each time the activations that have come since.
        var reasons = new Queue<DeactivationReasonCode>(
            [DeactivationReasonCode.DirectoryFailure, DeactivationReasonCode.DuplicateActivation, DeactivationReasonCode.ActivationUnresponsive]);
        var ended = new List<DeactivationReasonCode>();
        var disturbed = await HostedCluster.Train(cluster, spec, status =>
        {
            if (status is { Phase: RunPhase.Training, Step: > 0 } && status.Epoch > ended.Count && reasons.TryDequeue(out var reason))
            {
                ended.AddRange(Enumerable.Repeat(reason, seen.End(reason) > 0 ? 1 : 0));
            }

            return Task.CompletedTask;
        });

        Assert.Equal(3, ended.Count);
        Assert.True(disturbed.Phase == RunPhase.Finished, disturbed.Message + disturbed.Error);
        Assert.Equal(0, disturbed.Restarts);
        Assert.Equal(undisturbed.WeightsSha256, disturbed.WeightsSha256);
    }

    [Fact]
    public async Task Ranks_go_on_when_the_run_does_not_learn_that_its_state_was_stored()
    {
        await using var tracking = await EmbeddedTrackingServer.StartAsync(new EmbeddedTrackingOptions { DataFolder = Path.Combine(mnist.Home, "unanswered") });
        var (isArmed, writes) = (false, 0);
        await using var cluster = await HostedCluster.Start(2, mnist, tracking.Uri, stored: state =>
        {
            if (state == "training" && Volatile.Read(ref isArmed) && Interlocked.Increment(ref writes) == 1)
            {
                throw new IOException("The connection was closed.");
            }
        });
        var spec = MnistRun.SmallSpec with { Epochs = 6, Exchange = "tcp" };
        var undisturbed = await HostedCluster.Train(cluster, spec);

        var disturbed = await HostedCluster.Train(cluster, spec, status =>
        {
            Volatile.Write(ref isArmed, isArmed || status is { Phase: RunPhase.Training, Epoch: 1 });
            return Task.CompletedTask;
        });

        Assert.NotEqual(0, writes);
        Assert.True(disturbed.Phase == RunPhase.Finished, disturbed.Message + disturbed.Error);
        Assert.Equal(0, disturbed.Restarts);
        Assert.Equal(undisturbed.WeightsSha256, disturbed.WeightsSha256);
    }

    /// <summary>The activations of ranks and shards that calls have come to.</summary>
    private sealed class Activations : IIncomingGrainCallFilter
    {
        private readonly ConcurrentDictionary<IGrainContext, bool> _seen = new();

        public Task Invoke(IIncomingGrainCallContext context)
        {
            if (context.Grain is ITrainerGrain or IParameterServerGrain)
            {
                _seen[context.TargetContext] = true;
            }

            return context.Invoke();
        }

        /// <summary>Ends all there are.</summary>
        /// <returns>How many.</returns>
        public int End(DeactivationReasonCode reason)
        {
            var all = _seen.Keys.ToList();
            _seen.Clear();
            foreach (var activation in all)
            {
                activation.Deactivate(new DeactivationReason(reason, "a test wants it so"), CancellationToken.None);
            }

            return all.Count;
        }
    }
}
