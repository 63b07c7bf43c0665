using Orleans.TestingHost;
using OrleansTrain.Grains.Abstractions.Cluster;
using OrleansTrain.Grains.Abstractions.Runs;
using OrleansTrain.Grains.Abstractions.Specs;
using OrleansTrain.Grains.Tests.Embedded;
using OrleansTrain.Tracking;
using OrleansTrain.Tracking.Server;

namespace OrleansTrain.Grains.Tests.Hosted;

/// <summary>A whole small run on a cluster of Orleans' TestingHost, through the registration that silos use.</summary>
public class TestClusterRunTests(MnistRun mnist) : IClassFixture<MnistRun>
{
    [Fact]
    public async Task A_run_spreads_over_the_silos_of_a_test_cluster_and_survives_the_loss_of_one()
    {
        await using var tracking = await EmbeddedTrackingServer.StartAsync(new EmbeddedTrackingOptions { DataFolder = Path.Combine(mnist.Home, "hosted") });
        await using var cluster = await HostedCluster.Start(3, mnist, tracking.Uri);
        var spec = MnistRun.SmallSpec with { Epochs = 4, Exchange = "tcp" };
        var undisturbed = await Train(cluster, spec, loseSilo: false);
        var disturbed = await Train(cluster, spec, loseSilo: true);

        Assert.True(undisturbed.Phase == RunPhase.Finished, undisturbed.Message + undisturbed.Error);
        Assert.True(disturbed.Phase == RunPhase.Finished, disturbed.Message + disturbed.Error);
        Assert.Equal(1, disturbed.Restarts);
        Assert.Equal(undisturbed.WeightsSha256, disturbed.WeightsSha256);

        using var mlflow = new MlflowClient(new MlflowClientOptions { TrackingUri = tracking.Uri });
        var steps = new List<long>();
        await foreach (var point in mlflow.GetMetricHistoryAsync(disturbed.RunId, "training_loss"))
        {
            steps.Add(point.Step);
        }

        Assert.Equal([1, 2, 3, 4], steps.Order());
    }

    private static async Task<RunStatus> Train(InProcessTestCluster cluster, RunSpec spec, bool loseSilo)
    {
        var status = await HostedCluster.Train(cluster, spec, async status =>
        {
            if (loseSilo && status.Epoch >= 1 && status.Ranks.Count > 0)
            {
                loseSilo = false;

                // Not the first silo: what the test cluster itself needs may live there.
                var lost = cluster.Silos.Skip(1).First(silo => status.Ranks.Any(rank => rank.Silo == silo.SiloAddress.ToParsableString()));
                await cluster.KillSiloAsync(lost);
            }
        });
        Assert.NotEmpty((await cluster.Client.GetGrain<IClusterGrain>(IClusterGrain.Key).GetCluster()).Silos);
        return status;
    }
}
