using CsCheck;
using OrleansTrain.Data.Order;
using OrleansTrain.Data.Sources;
using OrleansTrain.Data.Tests.Order;

namespace OrleansTrain.Data.Tests.Sources;

public sealed class OrderedBatchSourceTests
{
    private static readonly Gen<(int[] Blocks, BatchSourceOptions Options)> Cases =
        from blocks in Gen.Int[0, 30].Array[1, 10]
        from world in Gen.Int[1, 4]
        from batch in Gen.Int[1, 12]
        from seed in Gen.Long
        from shuffle in Gen.Enum<ShuffleMode>()
        from window in Gen.Int[1, 80]
        from exhaustive in Gen.Bool
        select (blocks, new BatchSourceOptions { Rank = 0, WorldSize = world, BatchSize = batch, OrderSeed = seed, Seed = 1, Shuffle = shuffle, WindowRecords = window, Exhaustive = exhaustive });

    [Fact]
    public void AllRanksTogetherGetWhatTheOrderSays() => Cases.Sample(c =>
    {
        var supply = new MemorySupply(c.Blocks);
        var order = new EpochOrder(c.Options.Order(12), c.Blocks, 1);
        var positions = Enumerable.Range(0, order.Windows).SelectMany(window => order.Window(window)).Select(sample => c.Blocks.Take(sample.Block).Sum() + sample.Record).ToList();
        for (var rank = 0; rank < c.Options.WorldSize; rank++)
        {
            using var source = new SyncSource(c.Blocks, supply, c.Options with { Rank = rank });
            source.Value.StartEpoch(0, 0);
            source.Value.StartEpoch(1, 0);
            for (long step = 0; step < order.Steps.Count; step++)
            {
                var (first, count) = order.Steps.Slice(rank, step);
                Assert.Equal(positions.Skip((int)first).Take(count), source.Take());
            }

            Assert.Null(source.Value.Next(default));
        }

        Assert.Equal(0, supply.Held);
    }, iter: 300, threads: 1);

    [Fact]
    public void EntryInTheMiddleGivesTheSame() => Cases.Sample(c =>
    {
        using var whole = new SyncSource(c.Blocks, new MemorySupply(c.Blocks), c.Options);
        whole.Value.StartEpoch(2, 0);
        var all = new List<int[]>();
        while (whole.Take() is { Length: > 0 } batch)
        {
            all.Add(batch);
        }

        for (var from = 0; from < all.Count; from++)
        {
            using var late = new SyncSource(c.Blocks, new MemorySupply(c.Blocks), c.Options);
            late.Value.StartEpoch(2, from);
            Assert.Equal(all[from], late.Take());
        }
    }, iter: 100, threads: 1);

    [Fact]
    public void OnlyTwoWindowsAreHeld()
    {
        var blocks = Enumerable.Repeat(10, 60).ToArray();
        var supply = new MemorySupply(blocks);
        using var source = new SyncSource(blocks, supply, new BatchSourceOptions { Rank = 0, WorldSize = 1, BatchSize = 7, Seed = 1, WindowRecords = 30, Epochs = 2 });
        for (var epoch = 0; epoch < 2; epoch++)
        {
            source.Value.StartEpoch(epoch, 0);
            while (source.Take().Length > 0)
            {
            }
        }

        // A step may lie in two windows while the third is fetched.
        Assert.InRange(supply.MostHeld, 3, 9);
        Assert.Equal(120, supply.Asked.Count);
    }

    [Fact]
    public async Task TheNextEpochIsFetchedBeforeThisOneEnds()
    {
        int[] blocks = [50];
        var supply = new MemorySupply(blocks);
        using var source = new SyncSource(blocks, supply, new BatchSourceOptions { Rank = 0, WorldSize = 1, BatchSize = 5, Seed = 1 });
        source.Value.StartEpoch(0, 0);
        source.Take();
        await supply.SecondAsked.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public void WhatIsFetchedBeforeTheEpochStartsIsAskedForOnce()
    {
        int[] blocks = [5, 5];
        var supply = new MemorySupply(blocks);
        var options = new BatchSourceOptions { Rank = 0, WorldSize = 1, BatchSize = 5, Seed = 1, Epochs = 3 };
        using (var source = new SyncSource(blocks, supply, options))
        {
            source.Value.Fetch(2, 1);
            Assert.True(SpinWait.SpinUntil(() => supply.Asked.Count == 2, TimeSpan.FromSeconds(30)));
            source.Value.StartEpoch(2, 1);
            var taken = source.Take();

            using var other = new SyncSource(blocks, new MemorySupply(blocks), options);
            other.Value.StartEpoch(2, 1);
            Assert.Equal(other.Take(), taken);
            Assert.Equal(2, supply.Asked.Count);
        }

        Assert.Equal(0, supply.Held);
    }

    [Fact]
    public void ABrokenBlockEndsTheEpochInItsOwnWords()
    {
        int[] blocks = [5, 5, 5];
        var supply = new MemorySupply(blocks) { Broken = 1 };
        using (var source = new SyncSource(blocks, supply, new BatchSourceOptions { Rank = 0, WorldSize = 1, BatchSize = 5, Seed = 1, Shuffle = ShuffleMode.None, WindowRecords = 5 }))
        {
            source.Value.StartEpoch(0, 0);
            Assert.Equal([0, 1, 2, 3, 4], source.Take());
            Assert.Equal("block 1 is broken", Assert.Throws<DatasetException>(() => source.Value.Next(default)).Message);
        }

        Assert.Equal(0, supply.Held);
    }

    [Fact]
    public void ABlockWithOtherColumnsIsRefusedRatherThanReadAtWrongPlaces()
    {
        int[] blocks = [5, 5];
        var supply = new MemorySupply(blocks) { OfOtherColumns = 1 };
        using (var source = new SyncSource(blocks, supply, new BatchSourceOptions { Rank = 0, WorldSize = 1, BatchSize = 5, Seed = 1, Shuffle = ShuffleMode.None, WindowRecords = 5 }))
        {
            source.Value.StartEpoch(0, 0);
            Assert.Equal([0, 1, 2, 3, 4], source.Take());
            Assert.Equal(
                "block 1 does not fit the data before it: expected x int32[], y int64[], found x uint8[], y int64[].",
                Assert.Throws<DatasetException>(() => source.Value.Next(default)).Message);
        }

        Assert.Equal(0, supply.Held);
    }

    [Fact]
    public void AnOriginNamesTheFirstRecord()
    {
        int[] blocks = [5];
        using var source = new SyncSource(blocks, new MemorySupply(blocks), new BatchSourceOptions { Rank = 0, WorldSize = 1, BatchSize = 5, Seed = 1, Shuffle = ShuffleMode.None });
        source.Value.StartEpoch(4, 0);
        using var batch = source.Value.Next(default)!;
        Assert.Equal("epoch 4 step 0: block 0 record 0 and others", batch.Origin);
    }
}
