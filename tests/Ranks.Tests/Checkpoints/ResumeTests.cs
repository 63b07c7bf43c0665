using OrleansTrain.Ranks.Tests.Doubles;
using OrleansTrain.Training;
using OrleansTrain.Training.Checkpoints;
using OrleansTrain.Training.Modules;
using static TorchSharp.torch;

namespace OrleansTrain.Ranks.Tests.Checkpoints;

/// <summary>A run that is stopped anywhere and continued from its checkpoint by fresh objects ends with the bits of one that never was.</summary>
public sealed class ResumeTests
{
    private const string Prefix = "checkpoints/run";
    private const int Ranks = 2;
    private static readonly int[][] OneSilo = [[0, 1]];
    private static readonly int[][] TwoSilos = [[0], [1]];

    [Theory]
    [InlineData("sgd", "none")]
    [InlineData("sgd", "dropout")]
    [InlineData("sgd", "seeded")]
    [InlineData("sgd", "batchnorm")]
    [InlineData("plain-sgd", "seeded")]
    [InlineData("adam", "dropout")]
    [InlineData("adam", "seeded")]
    [InlineData("adamw", "seeded")]
    [InlineData("adadelta", "batchnorm")]
    public Task AResumedRunEndsWithTheSameBits(string optimizer, string regularise) => StopAndResume(optimizer, regularise, OneSilo, OneSilo);

    [Theory]
    [InlineData("sgd", false)]
    [InlineData("sgd", true)]
    [InlineData("adam", false)]
    [InlineData("adam", true)]
    public Task ACheckpointResumesOnAnotherPlacement(string optimizer, bool spread) =>
        StopAndResume(optimizer, "seeded", spread ? OneSilo : TwoSilos, spread ? TwoSilos : OneSilo);

    [Fact]
    public async Task TakingCheckpointsDoesNotChangeTheResult()
    {
        await using var plain = Run("sgd", "dropout", OneSilo);
        await plain.Run();
        await using var run = Run("sgd", "dropout", OneSilo);
        var store = new MemoryStore();
        await using var checkpoints = Checkpoints(run, store, out var observer, everySteps: 2);
        await run.Run();

        Assert.Equal(plain.WeightsHash, run.WeightsHash);
        Assert.Equal(15, observer.Committed[^1]);
        var manifest = await new CheckpointReader(store, Prefix).ReadManifest(15);
        Assert.Equal(run.WeightsHash, manifest.WeightsSha256);
    }

    [Fact]
    public async Task ACheckpointFillsAModelForEvaluation()
    {
        var store = new MemoryStore();
        await using var run = Run("sgd", "batchnorm", OneSilo);
        await using (Checkpoints(run, store, out _))
        {
            await run.Run();
        }

        var catalog = new CheckpointCatalog(store, Prefix);
        var manifest = await catalog.FindNewestGood((_, error) => Assert.Fail(error.Message));
        await using var other = Run("sgd", "batchnorm", OneSilo, seed: 99);
        var model = other.Replicas[1].Model;
        await catalog.Reader.LoadModel(manifest!, model);

        Assert.Equal(run.WeightsHash, WeightsHash.Compute(model));
        Assert.Equal(
            run.Replicas[0].Model.buffers().Select(buffer => Convert.ToHexString(buffer.bytes)),
            model.buffers().Select(buffer => Convert.ToHexString(buffer.bytes)));
    }

    [Fact]
    public async Task AnotherModelOptimizerOrWorldSizeIsRefused()
    {
        var store = new MemoryStore();
        await using var run = Run("sgd", "none", OneSilo);
        await using (Checkpoints(run, store, out _))
        {
            await run.Run();
        }

        var reader = new CheckpointReader(store, Prefix);
        var manifest = await reader.ReadManifest(15);
        await using var otherModel = Run("sgd", "batchnorm", OneSilo);
        var failure = await Assert.ThrowsAsync<CheckpointMismatchException>(() => CheckpointRestore.RestoreSilo(reader, manifest, otherModel.Session));
        Assert.Contains("parameter second.weight [5, 33] where this one has regularise.weight [33]", failure.Message, StringComparison.Ordinal);

        await using var otherOptimizer = Run("plain-sgd", "none", OneSilo);
        await Assert.ThrowsAsync<CheckpointMismatchException>(() => CheckpointRestore.RestoreSilo(reader, manifest, otherOptimizer.Session));

        await using var otherSize = new SmallRun(new TinyTask(), ranks: 3);
        await Assert.ThrowsAsync<CheckpointMismatchException>(() => CheckpointRestore.RestoreRank(reader, manifest, otherSize.Replicas[0]));
    }

    private static async Task StopAndResume(string optimizer, string regularise, int[][] before, int[][] after)
    {
        await using var whole = Run(optimizer, regularise, before);
        await whole.Run();

        var store = new MemoryStore();
        RankControl? control = null;
        await using (var first = Run(optimizer, regularise, before, onBatch: (epoch, step, rank) =>
                     {
                         if ((epoch, step, rank) == (1, 2, 0))
                         {
                             control!.RequestStop(checkpoint: true);
                         }
                     }))
        {
            control = first.Work[0].Control;
            await using var checkpoints = Checkpoints(first, store, out var committed);
            var stopped = await first.Run();
            Assert.All(stopped, result => Assert.Equal((8L, true), (result.Step, result.Stopped)));
            Assert.Equal([5L, 8L], committed.Committed);
        }

        var catalog = new CheckpointCatalog(store, Prefix);
        var manifest = await catalog.FindNewestGood((step, error) => Assert.Fail(error.Message));
        await using var second = Run(optimizer, regularise, after, firstStep: manifest!.Step);
        foreach (var session in second.Sessions)
        {
            await CheckpointRestore.RestoreSilo(catalog.Reader, manifest, session);
        }

        for (var rank = 0; rank < Ranks; rank++)
        {
            var (start, resumed) = await CheckpointRestore.RestoreRank(catalog.Reader, manifest, second.Replicas[rank]);
            second.Work[rank] = second.Work[rank] with { Options = second.Work[rank].Options with { Start = start, Resumed = resumed } };
        }

        await second.Run();

        Assert.Equal(whole.WeightsHash, second.WeightsHash);
        for (var rank = 0; rank < Ranks; rank++)
        {
            Assert.Equal([1, 2], second.Observer(rank).Epochs.Select(epoch => epoch.Epoch));
            Assert.Equal(
                whole.Observer(rank).Epochs.Skip(1).Select(epoch => (epoch.Sums.LossSum, epoch.Sums.Samples)),
                second.Observer(rank).Epochs.Select(epoch => (epoch.Sums.LossSum, epoch.Sums.Samples)));
        }
    }

    private static SmallRun Run(
        string optimizer, string regularise, int[][] placement, long firstStep = 0, Action<int, long, int>? onBatch = null, long seed = 1) => new(
        new TinyTask(regularise switch
        {
            "dropout" => _ => nn.Dropout(0.3),
            "seeded" => context => new SeededDropout(context.Random, 0.3),
            "batchnorm" => _ => nn.BatchNorm1d(33),
            _ => null,
        }),
        Ranks,
        epochs: 3,
        openSessions: RealSession.Open(Settings(optimizer), placement, firstStep),
        intercept: (epoch, step, rank, batch) =>
        {
            onBatch?.Invoke(epoch, step, rank);
            return batch;
        },
        seed: seed);

    private static OptimizerSettings Settings(string optimizer) => optimizer switch
    {
        "sgd" => new(optimizer, 0.05, new Dictionary<string, double> { ["momentum"] = 0.9 }),
        "plain-sgd" => new("sgd", 0.05, new Dictionary<string, double>()),
        _ => new(optimizer, 0.05, new Dictionary<string, double>()),
    };

    private static Writers Checkpoints(SmallRun run, MemoryStore store, out CommittingObserver observer, long everySteps = 0)
    {
        var committing = observer = new CommittingObserver(store, Prefix, run.Session.Plan.Optimizer.Name, run.Sessions.Count);
        var bySession = run.Sessions.ToDictionary(session => session, session => new SiloCheckpoints(session, store, Prefix, committing));
        run.With((rank, work) => work with
        {
            Checkpoints = bySession[run.SessionOf(rank)],
            Options = work.Options with { CheckpointEverySteps = everySteps },
        });
        return new Writers(bySession.Values);
    }

    private sealed record Writers(IReadOnlyCollection<SiloCheckpoints> Silos) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            foreach (var silo in Silos)
            {
                await silo.DisposeAsync();
            }
        }
    }
}
