using System.Text.RegularExpressions;
using OrleansTrain.Harness;
using OrleansTrain.Harness.Cluster;
using OrleansTrain.Harness.Proxy;

namespace OrleansTrain.Cluster.Tests;

/// <summary>One cluster of processes for all tests; each says which silos it wants and finds it undisturbed.</summary>
public sealed partial class ClusterFixture : IAsyncLifetime
{
    /// <summary>A run of three ranks needs two of these silos; the third takes over.</summary>
    public const int Silos = 3;

    public const int Slots = 2;

    /// <summary>Seconds of training: enough to come to it in the middle.</summary>
    public const int Epochs = 12;

    private readonly Dictionary<(int Ranks, int Epochs), string> _undisturbed = [];
    private RealCluster? _cluster;

    public RealCluster Cluster => _cluster ?? throw new InvalidOperationException("The cluster has not been started.");

    public async Task InitializeAsync() => _cluster = await RealCluster.Start();

    public async Task DisposeAsync()
    {
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }
    }

    /// <summary>Sees that exactly these silos are there, all alive, and nothing is disturbed.</summary>
    public async Task<RealCluster> With(int silos = Silos, int slots = Slots)
    {
        var cluster = Cluster;
        cluster.Faults.Disarm();
        foreach (var proxy in (FaultProxy[])[cluster.RedisProxy, cluster.S3Proxy, cluster.TrackingProxy])
        {
            if (proxy.Fault is not ProxyFault.Pass)
            {
                proxy.Fault = ProxyFault.None;
            }
        }

        await cluster.Kill(cluster.Silos.Where(silo => silo.Process.HasExited));
        await cluster.Remove(cluster.Silos.Where(silo => silo.Slots != slots));
        await cluster.Remove(cluster.Silos.Skip(silos));
        if (cluster.Silos.Count < silos)
        {
            await cluster.StartSilos(silos - cluster.Silos.Count, slots);
            await Deadline.Until(
                async () => await Members(cluster) == silos, $"the cluster has {silos} silos and has noticed which of a test before are gone", TimeSpan.FromSeconds(60));
        }

        return cluster;
    }

    // Silos that are gone without notice are members until the others have declared them dead.
    private static async Task<int> Members(RealCluster cluster)
    {
        var (code, output, _) = await cluster.Run("cluster");
        return code == 0 ? SiloAddress().Matches(output).Select(match => match.Value).Distinct().Count() : -1;
    }

    [GeneratedRegex(@"127\.0\.0\.1:\d+@\d+")]
    private static partial Regex SiloAddress();

    /// <summary>Arguments of the run that all tests train: short steps, a checkpoint and a metric point every few of them.</summary>
    public static IReadOnlyList<string> Train(int ranks, int epochs, params string[] more) =>
        ["train", "mnist-mlp", "--ranks", $"{ranks}", "--epochs", $"{epochs}", "--checkpoint-every", "100", "--set", $"log_every_steps={TestRun.LogEverySteps}", "--json", .. more];

    /// <summary>Trains to the end without any fault on the usual silos, once for each shape.</summary>
    public async Task<string> Undisturbed(int ranks, int epochs)
    {
        if (!_undisturbed.TryGetValue((ranks, epochs), out var weights))
        {
            await With();
            await using var run = TestRun.Start(Cluster, Train(ranks, epochs));
            _undisturbed[(ranks, epochs)] = weights = (await run.Finished()).WeightsSha256!;
        }

        return weights;
    }
}

/// <summary>All tests of processes: one after another, on the two cores there may be.</summary>
[CollectionDefinition(Name)]
public sealed class ClusterTests : ICollectionFixture<ClusterFixture>
{
    public const string Name = "cluster";
}
