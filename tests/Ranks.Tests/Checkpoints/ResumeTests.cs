using OrleansTrain.Ranks.Tests.Doubles;
using OrleansTrain.Training;
using OrleansTrain.Training.Checkpoints;
using static TorchSharp.torch;

namespace OrleansTrain.Ranks.Tests.Checkpoints;

/// <summary>A run that is stopped anywhere and continued from its checkpoint by fresh objects ends with the bits of one that never was.</summary>
public sealed class ResumeTests
{
    private const string Prefix = "checkpoints/run";
    private const int Ranks = 2;

    public static TheoryData<string, string> Cases => new()
    {
        { "sgd", "none" },
        { "sgd", "dropout" },
        { "sgd", "batchnorm" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task AResumedRunEndsWithTheSameBits(string optimizer, string regularise)
    {
        var settings = Settings(optimizer);
        await using var whole = Run(settings, regularise);
        await whole.Run();

        var store = new MemoryStore();
        RankControl? control = null;
        await using (var first = Run(settings, regularise, onBatch: (epoch, step, rank) =>
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
        await using var second = Run(settings, regularise, firstStep: manifest!.Step);
        await CheckpointRestore.RestoreSilo(catalog.Reader, manifest, second.Session);
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

    [Fact]
    public async Task TakingCheckpointsDoesNotChangeTheResult()
    {
        var settings = Settings("sgd");
        await using var plain = Run(settings, "dropout");
        await plain.Run();
        await using var run = Run(settings, "dropout");
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
        await using var run = Run(Settings("sgd"), "batchnorm");
        await using (Checkpoints(run, store, out _))
        {
            await run.Run();
        }

        var catalog = new CheckpointCatalog(store, Prefix);
        var manifest = await catalog.FindNewestGood((_, error) => Assert.Fail(error.Message));
        await using var other = Run(Settings("sgd"), "batchnorm", seed: 99);
        var model = other.Replicas[1].Model;
        await catalog.Reader.LoadModel(manifest!, model);

        Assert.Equal(run.WeightsHash, WeightsHash.Compute(model));
        Assert.Equal(
            run.Replicas[0].Model.buffers().Select(buffer => Convert.ToHexString(buffer.bytes)),
            model.buffers().Select(buffer => Convert.ToHexString(buffer.bytes)));
    }

    private static OptimizerSettings Settings(string name) => new(
        name, 0.05, name == "sgd" ? new Dictionary<string, double> { ["momentum"] = 0.9 } : new Dictionary<string, double>());

    private static SmallRun Run(
        OptimizerSettings optimizer, string regularise, long firstStep = 0, Action<int, long, int>? onBatch = null, long seed = 1) => new(
        new TinyTask(regularise switch
        {
            "dropout" => _ => nn.Dropout(0.3),
            "batchnorm" => _ => nn.BatchNorm1d(33),
            _ => null,
        }),
        Ranks,
        epochs: 3,
        openSession: RealSession.Open(optimizer, Ranks, firstStep),
        intercept: (epoch, step, rank, batch) =>
        {
            onBatch?.Invoke(epoch, step, rank);
            return batch;
        },
        seed: seed);

    private static SiloCheckpoints Checkpoints(SmallRun run, MemoryStore store, out CommittingObserver observer, long everySteps = 0)
    {
        observer = new CommittingObserver(store, Prefix, run.Session.Plan.Optimizer.Name);
        var checkpoints = new SiloCheckpoints(run.Session, store, Prefix, observer);
        run.With((_, work) => work with
        {
            Checkpoints = checkpoints,
            Options = work.Options with { CheckpointEverySteps = everySteps },
        });
        return checkpoints;
    }
}
