using OrleansTrain.Data.Packed;
using OrleansTrain.Grains.Abstractions.Runs;
using OrleansTrain.Grains.Abstractions.Specs;
using OrleansTrain.Hosting.Embedded;
using OrleansTrain.Storage;
using OrleansTrain.Tests.Shared;

namespace OrleansTrain.Grains.Tests.Embedded;

/// <summary>Embedded hosts on one home folder, with MNIST in its store.</summary>
public sealed class MnistRun : IAsyncLifetime
{
    private readonly TemporaryFolder _home = new();

    public string Home => _home.Path;

    public ObjectStoreOptions ObjectStores => new() { LocalFolder = Path.Combine(Home, "store") };

    public async Task InitializeAsync()
    {
        using var stores = new ObjectStores(ObjectStores);
        await new DatasetWriter(stores).Put(Path.Combine(Repository.Root, "data", "mnist"), "s3://datasets/mnist");
    }

    public Task DisposeAsync()
    {
        _home.Dispose();
        return Task.CompletedTask;
    }

    public Task<EmbeddedHost> StartHost(int silos = 1, int slotsPerSilo = 2) => EmbeddedHost.StartAsync(new EmbeddedOptions
    {
        HomeFolder = Home,
        Silos = silos,
        SlotsPerSilo = slotsPerSilo,
        ObjectStores = ObjectStores,
        Verbose = Environment.GetEnvironmentVariable("ORLEANSTRAIN_TEST_VERBOSE") is not null,
    });

    /// <summary>The small network on the whole of MNIST: an epoch takes about a second.</summary>
    public static RunSpec SmallSpec => new()
    {
        Task = "mnist-mlp",
        Experiment = "tests",
        Ranks = 2,
        Device = "cpu",
        Epochs = 1,
        BatchSizePerRank = 64,
        Optimizer = "sgd",
        LearningRate = 0.01,
        OptimizerSettings = new Dictionary<string, double> { ["momentum"] = 0.9 },
        Dataset = "s3://datasets/mnist",
        CheckpointUri = "s3://checkpoints/tests",
    };

    public static async Task<string> Start(EmbeddedHost host, RunSpec spec) =>
        await host.Grains.GetGrain<IExperimentGrain>(spec.Experiment).Start(
            spec, new RunSource("tester", "tests", null, new Dictionary<string, string>()), Guid.NewGuid().ToString("N"));

    /// <summary>Follows a run until the status is as wanted, or the run has ended.</summary>
    public static async Task<RunStatus> Follow(EmbeddedHost host, string runId, Func<RunStatus, bool>? until = null)
    {
        var run = host.Grains.GetGrain<ITrainingGrain>(runId);
        var status = await run.GetStatus();
        while (!status.Phase.IsTerminal() && until?.Invoke(status) != true)
        {
            status = await run.WaitForChange(status.Version);
        }

        return status;
    }

    public static async Task<RunStatus> Train(EmbeddedHost host, RunSpec spec) => await Follow(host, await Start(host, spec));
}
