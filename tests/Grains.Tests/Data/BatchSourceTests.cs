using System.Security.Cryptography;
using OrleansTrain.Data;
using OrleansTrain.Data.Blocks;
using OrleansTrain.Data.Sources;

namespace OrleansTrain.Grains.Tests.Data;

/// <summary>Batches through grains, from one silo and from two.</summary>
public sealed class BatchSourceTests(DatasetCluster cluster) : IClassFixture<DatasetCluster>
{
    [Fact]
    public async Task TwoRanksTogetherSeeEverySampleOnceAnEpoch()
    {
        var labels = new long[10];
        long samples = 0;
        for (var rank = 0; rank < 2; rank++)
        {
            var opened = await cluster.Open(rank, "train", Options(rank, 2, 32));
            await using var source = opened.Source;
            Assert.Equal((938, 60_000, 60_000), (source.StepsPerEpoch, source.SamplesPerEpoch, opened.Records));
            source.StartEpoch(0, 0);
            var steps = 0;
            while (source.Next(default) is { } batch)
            {
                using (batch)
                {
                    Assert.Equal([batch.Count, 28, 28], batch.Inputs.shape);
                    foreach (var label in batch.Targets.data<long>())
                    {
                        labels[label]++;
                    }

                    samples += batch.Count;
                    steps++;
                }
            }

            Assert.Equal(938, steps);
        }

        Assert.Equal(60_000, samples);
        Assert.Equal([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949], labels);
    }

    [Fact]
    public async Task ValuesAreThoseOfTheFileNormalised()
    {
        var opened = await cluster.Open(0, "test", Options(0, 1, 100) with { Exhaustive = true });
        await using var source = opened.Source;
        source.StartEpoch(0, 0);
        using var batch = source.Next(default)!;
        Assert.Equal([7, 2, 1, 0, 4, 1, 4, 9, 5, 9], batch.Targets.data<long>().ToArray()[..10]);
        Assert.Equal(-1f, batch.Inputs.min().item<float>());
        Assert.Equal(1f, batch.Inputs.max().item<float>(), 1e-6f);
    }

    [Fact]
    public async Task WhereARankRunsDoesNotChangeItsBatches()
    {
        Assert.Equal(await Hash(0, Options(1, 3, 50), 0, 0, 40), await Hash(1, Options(1, 3, 50), 0, 0, 40));
        Assert.NotEqual(await Hash(0, Options(1, 3, 50), 0, 0, 40), await Hash(1, Options(1, 3, 50), 1, 0, 40));
    }

    [Fact]
    public async Task AnEpochCanBeEnteredInTheMiddle()
    {
        await using var whole = (await cluster.Open(0, "train", Options(0, 2, 64))).Source;
        whole.StartEpoch(3, 0);
        for (var step = 0; step < 300; step++)
        {
            whole.Next(default)!.Dispose();
        }

        using var expected = whole.Next(default)!;
        await using var late = (await cluster.Open(1, "train", Options(0, 2, 64))).Source;
        late.StartEpoch(3, 300);
        using var found = late.Next(default)!;
        Assert.Equal(expected.Inputs.data<float>().ToArray(), found.Inputs.data<float>().ToArray());
        Assert.Equal(expected.Targets.data<long>().ToArray(), found.Targets.data<long>().ToArray());
    }

    [Fact]
    public async Task RanksAndRunsOfASiloShareBlocks()
    {
        await using var first = (await cluster.Open(0, "train", Options(0, 2, 32) with { RunId = "a" })).Source;
        await using var second = (await cluster.Open(0, "train", Options(1, 2, 32) with { RunId = "b" })).Source;
        first.StartEpoch(0, 0);
        first.Next(default)!.Dispose();
        var cache = cluster.Service<BlockCache>(0);
        var (bytes, count) = (cache.Bytes, cache.Count);
        second.StartEpoch(0, 0);
        second.Next(default)!.Dispose();
        Assert.Equal((bytes, count), (cache.Bytes, cache.Count));
    }

    [Fact]
    public async Task AMissingSplitOrColumnIsNamed()
    {
        var error = await Assert.ThrowsAsync<DatasetException>(() => cluster.Open(0, "validation", Options(0, 1, 1)));
        Assert.Equal("s3://datasets/mnist has no split 'validation'; it has 'test', 'train'.", error.Message);
        var elsewhere = await Assert.ThrowsAsync<DatasetException>(() => cluster.Open(1, "validation", Options(0, 1, 1)));
        Assert.Equal(error.Message, elsewhere.Message);
        error = await Assert.ThrowsAsync<DatasetException>(() => cluster.Open(1, "train", Options(0, 1, 1), DataPipeline.Create().Inputs("pixels").Target("label")));
        Assert.Equal("The data has no column 'pixels'; it has 'image', 'label'.", error.Message);
    }

    [Fact]
    public async Task TheSchemaIsInMlflowsForm()
    {
        var opened = await cluster.Open(0, "train", Options(0, 1, 1));
        await opened.Source.DisposeAsync();
        Assert.Equal(
            """{"mlflow_tensorspec":{"features":"[{\u0022type\u0022:\u0022tensor\u0022,\u0022name\u0022:\u0022image\u0022,\u0022tensor-spec\u0022:{\u0022dtype\u0022:\u0022uint8\u0022,\u0022shape\u0022:[-1,28,28]}}]","targets":"[{\u0022type\u0022:\u0022tensor\u0022,\u0022name\u0022:\u0022label\u0022,\u0022tensor-spec\u0022:{\u0022dtype\u0022:\u0022uint8\u0022,\u0022shape\u0022:[-1]}}]"}}""",
            opened.Schema);
        Assert.Equal((36, "mnist"), (opened.Digest.Length, opened.Name));
    }

    private static BatchSourceOptions Options(int rank, int worldSize, int batchSize) =>
        new() { RunId = "run", Rank = rank, WorldSize = worldSize, BatchSize = batchSize, Seed = 1 };

    // Of the bytes: torch's own sums depend on the number of its threads, which other tests change.
    private async Task<string> Hash(int silo, BatchSourceOptions options, int epoch, long first, int steps)
    {
        await using var source = (await cluster.Open(silo, "train", options)).Source;
        source.StartEpoch(epoch, first);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var i = 0; i < steps; i++)
        {
            using var batch = source.Next(default)!;
            hash.AppendData(batch.Inputs.bytes);
            hash.AppendData(batch.Targets.bytes);
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
