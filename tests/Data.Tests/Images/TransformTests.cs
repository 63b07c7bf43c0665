using OrleansTrain.Data.Images;
using OrleansTrain.Data.Pipeline;
using OrleansTrain.Data.Sources;
using OrleansTrain.Data.Tests.Formats;
using OrleansTrain.Data.Tests.Sources;

namespace OrleansTrain.Data.Tests.Images;

public sealed class TransformTests
{
    [Fact]
    public void AFlipMirrorsEachRow()
    {
        float[] sample = [1, 2, 3, 4, 5, 6];
        var random = new SampleRandom(1, 0, 0);
        new RandomFlip(1).Apply(sample, [1, 2, 3], ref random, new float[6]);
        Assert.Equal([3, 2, 1, 6, 5, 4], sample);
        new RandomFlip(0).Apply(sample, [1, 2, 3], ref random, new float[6]);
        Assert.Equal([3, 2, 1, 6, 5, 4], sample);
    }

    [Fact]
    public void ACropMovesTheImageAndFillsTheRest()
    {
        var seen = new HashSet<(int Down, int Right)>();
        for (var i = 0; i < 500; i++)
        {
            float[] sample = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 20, 30, 40, 50, 60, 70, 80, 90];
            var random = new SampleRandom(1, 0, i);
            new RandomCrop(2, -1).Apply(sample, [2, 3, 3], ref random, new float[18]);
            var match = Moves().Single(move => Moved(move).SequenceEqual(sample));
            seen.Add(match);
        }

        Assert.Equal(25, seen.Count);
    }

    [Fact]
    public async Task WhatIsDrawnDependsOnSeedEpochAndSampleAlone()
    {
        var noise = MemorySupply.Pipeline.Augment(new AddNoise());
        var first = await Epoch(noise, batchSize: 4, epoch: 1);
        Assert.Equal(first, await Epoch(noise, batchSize: 7, epoch: 1));
        Assert.NotEqual(first, await Epoch(noise, batchSize: 4, epoch: 2));
        Assert.Equal(Enumerable.Range(0, 30).Select(i => (float)i), (await Epoch(noise, batchSize: 4, epoch: 1, exhaustive: true)).Values);
    }

    [Fact]
    public async Task BlocksOfImagesAreResizedAndCropped()
    {
        using var data = new FormatFixture();
        data.Write("a/1.png", ImageReaderTests.Png(4, 4, [.. Enumerable.Repeat((byte)100, 16)]));
        data.Write("a/2.png", ImageReaderTests.Png(4, 4, [0, 0, 0, 0, 0, 1, 2, 0, 0, 3, 4, 0, 0, 0, 0, 0]));
        Assert.Equal(["[100,100,100,100] 0", "[1,2,3,4] 0"], await data.Read(DataPipeline.Create().CenterCrop("image", 2, 2)));
        Assert.Equal("[100,100,100,100] 0", (await data.Read(DataPipeline.Create().Resize("image", 2, 2)))[0]);
        var error = await Assert.ThrowsAsync<DatasetException>(() => data.Read(DataPipeline.Create().CenterCrop("image", 5, 5)));
        Assert.Equal("s3://bucket/data/a/1.png and 1 others: step 'crop image 5x5' failed: images of 4x4 have no middle of 5x5.", error.Message);
    }

    private static IEnumerable<(int Down, int Right)> Moves() =>
        from down in Enumerable.Range(-2, 5) from right in Enumerable.Range(-2, 5) select (down, right);

    private static float[] Moved((int Down, int Right) move) =>
        [.. from plane in Enumerable.Range(0, 2)
            from y in Enumerable.Range(0, 3)
            from x in Enumerable.Range(0, 3)
            let source = (Y: y - move.Down, X: x - move.Right)
            select source.Y is >= 0 and < 3 && source.X is >= 0 and < 3 ? ((source.Y * 3) + source.X + 1) * (plane == 0 ? 1f : 10f) : -1f];

    private static async Task<SortedDictionary<long, float>> Epoch(DataPipeline pipeline, int batchSize, int epoch, bool exhaustive = false)
    {
        int[] blocks = [10, 20];
        await using var source = new OrderedBatchSource(pipeline, MemorySupply.Schema, blocks, new MemorySupply(blocks), new BatchSourceOptions
        {
            Rank = 0,
            WorldSize = 1,
            BatchSize = batchSize,
            Seed = 1,
            Exhaustive = exhaustive,
        });
        source.StartEpoch(epoch, 0);
        var values = new SortedDictionary<long, float>();
        while (source.Next(default) is { } batch)
        {
            using (batch)
            {
                foreach (var (target, input) in batch.Targets.data<long>().Zip(batch.Inputs.data<float>()))
                {
                    values.Add(target, input);
                }
            }
        }

        return values;
    }

    private sealed class AddNoise : SampleTransform
    {
        public override void Apply(Span<float> sample, ReadOnlySpan<long> shape, ref SampleRandom random, Span<float> scratch) => sample[0] += random.NextFloat();
    }
}
