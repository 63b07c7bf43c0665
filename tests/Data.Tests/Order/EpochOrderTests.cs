using CsCheck;
using OrleansTrain.Data.Order;

namespace OrleansTrain.Data.Tests.Order;

/// <summary>Properties of the order of an epoch, for any shape of dataset and world.</summary>
public sealed class EpochOrderTests
{
    private static readonly Gen<(int[] Blocks, OrderSpec Spec, int Epoch)> Cases =
        from blocks in Gen.Int[0, 40].Array[1, 12]
        from world in Gen.Int[1, 5]
        from batch in Gen.Int[1, 9]
        from seed in Gen.Long
        from epoch in Gen.Int[0, 5]
        from shuffle in Gen.Enum<ShuffleMode>()
        from window in Gen.Int[1, 120]
        from drop in Gen.Bool
        from exhaustive in Gen.Bool
        select (blocks, new OrderSpec
        {
            Seed = seed,
            WorldSize = world,
            BatchSize = batch,
            Shuffle = shuffle,
            WindowRecords = window,
            DropLast = drop && !exhaustive,
            Exhaustive = exhaustive,
        }, epoch);

    [Fact]
    public void EveryRecordIsInTheOrderOnce() => Cases.Sample(c =>
    {
        var all = All(new EpochOrder(c.Spec, c.Blocks, c.Epoch));
        Assert.Equal(c.Blocks.Sum(), all.Count);
        Assert.Equal(all.Count, all.Distinct().Count());
        Assert.All(all, sample => Assert.InRange(sample.Record, 0, c.Blocks[sample.Block] - 1));
    });

    [Fact]
    public void WhatIsHeldOutAndTheRestAreAllTheRecordsHoweverTheyAreCutIntoBlocks() => Cases.Sample(c =>
    {
        var kept = new RecordSubset(c.Blocks, 0.3);
        var held = new RecordSubset(c.Blocks, 0.3, takesHeldOut: true);
        var all = Numbers(kept).Concat(Numbers(held)).Order();
        Assert.Equal(Enumerable.Range(0, c.Blocks.Sum()).Select(number => (long)number), all);
        Assert.Equal(Numbers(held), Numbers(new RecordSubset([c.Blocks.Sum()], 0.3, takesHeldOut: true)));
        var order = new EpochOrder(c.Spec, held, c.Epoch);
        Assert.Equal(Numbers(held), All(order).Select(sample => held.FirstRecord[sample.Block] + sample.Record).Order());
        Assert.Equal(held.Counts.Sum(), order.Steps.Records);
    });

    [Fact]
    public void TheShareThatIsHeldOutIsAboutTheOneAskedFor() =>
        Assert.InRange(new RecordSubset([30_000, 30_000], 0.1, takesHeldOut: true).Counts.Sum(), 5_700, 6_300);

    [Fact]
    public void RanksShareStepsWithoutOverlapAndLeaveOutAsLittleAsTheySay() => Cases.Sample(c =>
    {
        var steps = new EpochOrder(c.Spec, c.Blocks, c.Epoch).Steps;
        long records = c.Blocks.Sum(), next = 0;
        for (long step = 0; step < steps.Count; step++)
        {
            var counts = new List<int>();
            for (var rank = 0; rank < c.Spec.WorldSize; rank++)
            {
                var (first, count) = steps.Slice(rank, step);
                Assert.Equal(next, first);
                Assert.InRange(count, c.Spec.Exhaustive ? 0 : 1, c.Spec.BatchSize);
                counts.Add(count);
                next += count;
            }

            Assert.InRange(counts.Max() - counts.Min(), 0, c.Spec.Exhaustive ? 1 : 0);
        }

        Assert.Equal(steps.Samples, next);
        var whole = c.Spec.WorldSize * c.Spec.BatchSize;
        Assert.InRange(records - next, 0, c.Spec.Exhaustive ? 0 : c.Spec.DropLast ? whole - 1 : c.Spec.WorldSize - 1);
    });

    [Fact]
    public void WindowsAreWholeBlocksWithinTheLimit() => Cases.Sample(c =>
    {
        var order = new EpochOrder(c.Spec, c.Blocks, c.Epoch);
        var seen = new List<int>();
        for (var window = 0; window < order.Windows; window++)
        {
            var blocks = order.Blocks(window).ToArray();
            seen.AddRange(blocks);
            Assert.Equal(blocks.Sum(block => c.Blocks[block]), order.FirstPosition(window + 1) - order.FirstPosition(window));
            Assert.True(blocks.Length == 1 || blocks.Sum(block => c.Blocks[block]) <= c.Spec.WindowRecords);
            Assert.Subset(blocks.ToHashSet(), order.Window(window).Select(sample => sample.Block).ToHashSet());
            for (var position = order.FirstPosition(window); position < order.FirstPosition(window + 1); position++)
            {
                Assert.Equal(window, order.WindowOf(position));
            }
        }

        Assert.Equal(c.Blocks.Length, seen.Distinct().Count());
    });

    [Fact]
    public void ItIsAPureFunction() => Cases.Sample(c =>
        Assert.Equal(All(new EpochOrder(c.Spec, c.Blocks, c.Epoch)), All(new EpochOrder(c.Spec, [.. c.Blocks], c.Epoch))));

    [Fact]
    public void EpochsSeedsAndModesDiffer()
    {
        int[] blocks = [500, 500, 500];
        var spec = new OrderSpec { Seed = 1, WorldSize = 2, BatchSize = 8 };
        var first = All(new EpochOrder(spec, blocks, 0));
        Assert.NotEqual(first, All(new EpochOrder(spec, blocks, 1)));
        Assert.NotEqual(first, All(new EpochOrder(spec with { Seed = 2 }, blocks, 0)));
        Assert.Equal(Enumerable.Range(0, 1500).Select(i => new SampleRef(i / 500, i % 500)), All(new EpochOrder(spec with { Shuffle = ShuffleMode.None }, blocks, 7)));
        Assert.All(All(new EpochOrder(spec with { Shuffle = ShuffleMode.Window, WindowRecords = 500 }, blocks, 0)).Chunk(500).Select((part, i) => (part, i)),
            window => Assert.All(window.part, sample => Assert.Equal(window.i, sample.Block)));
    }

    [Fact]
    public void SlowDataStartsWithSmallWindows()
    {
        var spec = new OrderSpec { Seed = 1, WorldSize = 1, BatchSize = 8, WindowRecords = 80, FirstWindowRecords = 20 };
        var blocks = Enumerable.Repeat(10, 30).ToArray();
        Assert.Equal([2, 4, 8, 8, 8], Sizes(new EpochOrder(spec, blocks, 0)));
        Assert.Equal([8, 8, 8, 6], Sizes(new EpochOrder(spec, blocks, 1)));

        static IEnumerable<int> Sizes(EpochOrder order) => Enumerable.Range(0, order.Windows).Select(window => order.Blocks(window).Length);
    }

    /// <summary>DistributedSampler: <c>torch.randperm(len(dataset), generator=g.manual_seed(seed + epoch))</c>, as PyTorch 1.13 printed it.</summary>
    [Theory]
    [InlineData(1, 0, new[] { 35845, 27522, 33254, 23645, 11299, 16178, 58355, 27002, 35815, 26559 })]
    [InlineData(1, 1, new[] { 43848, 54736, 56013, 37602, 59754, 51214, 42432, 44443, 6728, 20052 })]
    public void MnistComesInTheOrderOfPyTorch(long seed, int epoch, int[] first)
    {
        var all = All(new EpochOrder(new OrderSpec { Seed = seed, WorldSize = 2, BatchSize = 32 }, [20_000, 25_000, 15_000], epoch));
        int[] firstOfBlock = [0, 20_000, 45_000];
        Assert.Equal(first, all.Take(first.Length).Select(sample => firstOfBlock[sample.Block] + sample.Record));
    }

    [Fact]
    public void EveryPlaceIsAsLikelyForEveryRecord()
    {
        // 5 records, 20,000 epochs: each of the 25 counts is about 4,000 with a deviation of 57; 6 deviations never happen by chance.
        var counts = new int[5, 5];
        for (var epoch = 0; epoch < 20_000; epoch++)
        {
            var window = new EpochOrder(new OrderSpec { Seed = 3, WorldSize = 1, BatchSize = 1 }, [5], epoch).Window(0);
            for (var place = 0; place < 5; place++)
            {
                counts[place, window[place].Record]++;
            }
        }

        Assert.All(counts.Cast<int>(), count => Assert.InRange(count, 4000 - 342, 4000 + 342));
    }

    private static List<SampleRef> All(EpochOrder order) => [.. Enumerable.Range(0, order.Windows).SelectMany(window => order.Window(window))];

    private static List<long> Numbers(RecordSubset subset) =>
        [.. Enumerable.Range(0, subset.Counts.Count).SelectMany(block => subset.Of(block).Select(record => subset.FirstRecord[block] + record))];
}
