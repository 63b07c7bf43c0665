using System.Text;
using CsCheck;
using OrleansTrain.Ranks.Tests.Doubles;
using OrleansTrain.Training;
using OrleansTrain.Training.Checkpoints;

namespace OrleansTrain.Ranks.Tests.Checkpoints;

/// <summary>Checkpoints that are torn, altered or missing are passed over for the one before; those no longer wanted are removed.</summary>
public sealed class DamagedTests
{
    private const string Prefix = "run";

    [Theory]
    [InlineData("model.safetensors")]
    [InlineData("optimizer-0-*")]
    [InlineData("rank-00001.safetensors")]
    [InlineData("manifest.json")]
    public async Task ADamagedObjectIsNamedAndTheCheckpointBeforeIsFound(string name)
    {
        foreach (var damage in new Action<MemoryStore, string>[] { Truncate, Flip, Remove })
        {
            var store = await Store();
            var key = store.Keys.Single(key => key.Contains("step-000000000010/" + name.TrimEnd('*'), StringComparison.Ordinal));
            damage(store, key);
            var catalog = new CheckpointCatalog(store, Prefix);
            var skipped = new List<(long Step, string Message)>();
            var manifest = await catalog.FindNewestGood((step, error) => skipped.Add((step, error.Message)));

            Assert.Equal(5, manifest!.Step);
            // Without its manifest a folder is no checkpoint at all.
            if (store.Keys.Contains(key) || name != "manifest.json")
            {
                var (step, message) = Assert.Single(skipped);
                Assert.Equal(10, step);
                Assert.Contains(key, message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task NoDamageToTheManifestGoesUnnoticed()
    {
        var store = await Store();
        const string Key = "run/step-000000000010/manifest.json";
        var good = store[Key];
        var reader = new CheckpointReader(store, Prefix);
        Gen.Select(Gen.Int[0, good.Length - 1], Gen.Byte).Array[1, 4].Sample(changes =>
        {
            var bytes = (byte[])good.Clone();
            foreach (var (at, value) in changes)
            {
                bytes[at] = value;
            }

            store[Key] = bytes;
            try
            {
                reader.ReadManifest(10).GetAwaiter().GetResult();
                return bytes.AsSpan().SequenceEqual(good);
            }
            catch (CheckpointCorruptException)
            {
                return true;
            }
        });
    }

    [Theory]
    [InlineData("../../secret")]
    [InlineData("a/b.safetensors")]
    [InlineData("")]
    public async Task AManifestCannotNameObjectsOutsideItsFolder(string name)
    {
        var store = await Store();
        var reader = new CheckpointReader(store, Prefix);
        var manifest = await reader.ReadManifest(10);
        var strange = manifest with { Objects = [.. manifest.Objects, new CheckpointObject(name, 1, new string('a', 64))] };
        store["run/step-000000000010/manifest.json"] = strange.ToBytes();

        var failure = await Assert.ThrowsAsync<CheckpointCorruptException>(() => reader.ReadManifest(10));
        Assert.Contains($"object '{name}'", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AManifestOfALaterVersionIsRefused()
    {
        var store = await Store();
        const string Key = "run/step-000000000010/manifest.json";
        store[Key] = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(store[Key]).Replace("\"version\": 1", "\"version\": 2", StringComparison.Ordinal));

        var failure = await Assert.ThrowsAsync<CheckpointCorruptException>(() => new CheckpointReader(store, Prefix).ReadManifest(10));
        Assert.Contains("Expected format orleanstrain-checkpoint of version 1 to 1", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PartsThatDoNotMakeAWholeAreRefused()
    {
        var part = await Part();
        Assert.Contains("model in one part", Refused([part with { Model = null }]), StringComparison.Ordinal);
        Assert.Contains("object 'rank-00001.safetensors' is missing", Refused([part with { Objects = [.. part.Objects.SkipLast(1)] }]), StringComparison.Ordinal);
        Assert.Contains("expected ranks 0 to", Refused([part with { Ranks = [.. part.Ranks.Skip(1)] }]), StringComparison.Ordinal);
        Assert.Contains("steps 5, 6", Refused([part, part with { Step = 6, Model = null }]), StringComparison.Ordinal);
        Assert.Contains("expected optimizer state", Refused([part with { Optimizer = part.Optimizer with { Start = 16, States = [] } }]), StringComparison.Ordinal);

        static string Refused(CheckpointPart[] parts) => Assert.Throws<ArgumentException>(() =>
            CheckpointManifest.Assemble("run", parts, "sgd", new Dictionary<string, double>(), 0, "{}", DateTimeOffset.UnixEpoch)).Message;
    }

    [Fact]
    public async Task TheNewestAndTheBestAreKept()
    {
        var part = await Part();
        var store = new MemoryStore();
        var catalog = new CheckpointCatalog(store, Prefix);
        foreach (var (step, loss) in new[] { (10L, 3.0), (20, 1), (30, double.NaN), (40, 2), (50, 2.5) })
        {
            await Commit(store, catalog, part, step, loss);
        }

        store["run/step-000000000015/model.safetensors"] = [1];
        store["run/step-000000000045/model.safetensors"] = [1];
        store["run/step-000000000060/model.safetensors"] = [1];
        store["run/other"] = [1];
        await catalog.Prune(keep: 2, CheckpointMetric.Parse("min:training_loss"), committed: 50);

        Assert.Equal([50L, 40, 20], await catalog.List());
        // 15 was left by an attempt that ended; 45 and 60 may be in the making, 45 by an attempt that went on from 40 without this caller.
        Assert.Equal(
            ["run/other", "step-000000000020", "step-000000000040", "step-000000000045", "step-000000000050", "step-000000000060"],
            store.Keys.Select(key => key == "run/other" ? key : key.Split('/')[1]).Distinct());
        // Each manifest goes before what it names.
        Assert.Equal(
            ["run/step-000000000010/manifest.json", "run/step-000000000030/manifest.json"],
            store.Deleted.Where(key => key.Contains("-000000000015/", StringComparison.Ordinal) is false).Chunk(2).Select(pair => pair[0]));
    }

    [Fact]
    public async Task WhatComesAfterTheOneContinuedFromIsRemoved()
    {
        var store = await Store();
        var catalog = new CheckpointCatalog(store, Prefix);
        await catalog.DiscardAfter(5);

        Assert.Equal([5L], await catalog.List());
        Assert.DoesNotContain(store.Keys, key => key.Contains("step-000000000010", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("min:training_loss", "training_loss", false)]
    [InlineData("max:validation_accuracy", "validation_accuracy", true)]
    public void AMetricIsRead(string text, string name, bool largest) => Assert.Equal(new CheckpointMetric(name, largest), CheckpointMetric.Parse(text));

    [Theory]
    [InlineData("training_loss")]
    [InlineData("best:training_loss")]
    [InlineData("min:")]
    public void AMetricThatCannotBeIsRefused(string text) => Assert.Throws<ArgumentException>(() => CheckpointMetric.Parse(text));

    private static void Truncate(MemoryStore store, string key) => store[key] = store[key][..^1];

    private static void Flip(MemoryStore store, string key)
    {
        var bytes = (byte[])store[key].Clone();
        bytes[bytes.Length / 2] ^= 1;
        store[key] = bytes;
    }

    private static void Remove(MemoryStore store, string key) => store.Delete(key);

    // Two checkpoints, after steps 5 and 10.
    private static async Task<MemoryStore> Store()
    {
        var store = new MemoryStore();
        await using var run = new SmallRun(new TinyTask(), ranks: 2);
        var observer = new CommittingObserver(store, Prefix, "sgd");
        await using var checkpoints = new SiloCheckpoints(run.Session, store, Prefix, observer);
        run.With((_, work) => work with { Checkpoints = checkpoints });
        await run.Run();
        Assert.Equal([5L, 10L], observer.Committed);
        return store;
    }

    private static async Task<CheckpointPart> Part()
    {
        var manifest = await new CheckpointReader(await Store(), Prefix).ReadManifest(5);
        return new CheckpointPart
        {
            Step = manifest.Step,
            Cursor = manifest.Cursor,
            Objects = manifest.Objects,
            Ranks = manifest.Ranks,
            Optimizer = manifest.OptimizerRanges.Single(),
            Model = new ModelPart(manifest.Parameters, manifest.WeightsSha256),
        };
    }

    private static Task Commit(MemoryStore store, CheckpointCatalog catalog, CheckpointPart part, long step, double loss)
    {
        store[$"run/step-{step:D12}/model.safetensors"] = [1];
        return catalog.Commit(CheckpointManifest.Assemble(
            "run",
            [part with { Step = step, Cursor = new TrainingCursor(1, 0) }],
            "sgd",
            new Dictionary<string, double> { ["training_loss"] = loss },
            1,
            "{}",
            DateTimeOffset.UnixEpoch));
    }
}
