using CsCheck;
using OrleansTrain.Data.Order;
using OrleansTrain.Data.Pipeline;
using OrleansTrain.Data.Sources;

namespace OrleansTrain.Data.Tests.Sources;

/// <summary>Batches that are gathered, a few records at a time, before anyone asks for them.</summary>
public sealed class PrepareTests
{
    private const int MostCalls = 10_000;

    private static readonly BatchSourceOptions Five = new() { Rank = 0, WorldSize = 1, BatchSize = 5, Seed = 1, Shuffle = ShuffleMode.None, WindowRecords = 20 };

    [Fact]
    public void WhateverIsPreparedTheBatchesAreTheSame()
    {
        var prepares = 0;
        (
            from blocks in Gen.Int[0, 900].Array[1, 6]
            from batch in Gen.Int[1, 700]
            from window in Gen.Int[1, 2000]
            from exhaustive in Gen.Bool
            from calls in Gen.Int[0, 9].Array[1, 5]
            select (Blocks: blocks, Options: Five with { BatchSize = batch, Shuffle = ShuffleMode.Global, WindowRecords = window, Exhaustive = exhaustive }, Calls: calls)).Sample(c =>
        {
            var (plain, prepared) = (new MemorySupply(c.Blocks), new MemorySupply(c.Blocks));
            using (SyncSource expected = new(c.Blocks, plain, c.Options), actual = new(c.Blocks, prepared, c.Options))
            {
                for (var epoch = 0; epoch < 2; epoch++)
                {
                    expected.Value.StartEpoch(epoch, 0);
                    actual.Value.StartEpoch(epoch, 0);
                    for (var step = 0; step <= expected.Value.StepsPerEpoch; step++)
                    {
                        Assert.Equal(expected.Take(), actual.Take());
                        for (var call = 0; call < c.Calls[step % c.Calls.Length]; call++)
                        {
                            prepares += actual.Value.Prepare() ? 1 : 0;
                        }
                    }
                }
            }

            Assert.Equal((0, 0), (plain.Held, prepared.Held));
        }, iter: 100, threads: 1);

        // Else this would compare two sources that do the same.
        Assert.NotEqual(0, prepares);
    }

    [Fact]
    public void TwoSmallBatchesAreMadeAndNoMore()
    {
        int[] blocks = [20];
        using var source = new SyncSource(blocks, new MemorySupply(blocks), Five);
        source.Value.StartEpoch(0, 0);

        // What would have to be waited for is left to Next.
        Assert.False(source.Value.Prepare());
        Assert.Equal([0, 1, 2, 3, 4], source.Take());
        Assert.Equal(2, PrepareAll(source));
        Assert.Equal([5, 6, 7, 8, 9], source.Take());
        Assert.Equal(1, PrepareAll(source));
        Assert.Equal([10, 11, 12, 13, 14], source.Take());
        Assert.Equal([15, 16, 17, 18, 19], source.Take());
        Assert.Equal(0, PrepareAll(source));
        Assert.Empty(source.Take());
    }

    [Fact]
    public void ASourceIsBehindUntilItsNextBatchIsReady()
    {
        int[] blocks = [800];
        using var source = new SyncSource(blocks, new MemorySupply(blocks), Five with { BatchSize = 400, WindowRecords = 800 });
        source.Value.StartEpoch(0, 0);

        // It has to be waited for, which is nothing that could be done before.
        Assert.False(source.Value.IsBehind);
        source.Take();
        Assert.True(source.Value.IsBehind);

        // Pieces of 341 records of 12 bytes.
        Assert.True(source.Value.Prepare());
        Assert.True(source.Value.IsBehind);
        Assert.True(source.Value.Prepare());
        Assert.False(source.Value.IsBehind);

        // There is no third.
        source.Take();
        Assert.False(source.Value.IsBehind);
    }

    [Fact]
    public void ALargeBatchIsMadeAlone()
    {
        int[] blocks = [400_000];
        using var source = new SyncSource(blocks, new MemorySupply(blocks), Five with { BatchSize = 100_000, WindowRecords = 400_000 });
        source.Value.StartEpoch(0, 0);
        source.Take();

        // Pieces of 341 records of 12 bytes.
        Assert.Equal((100_000 / 341) + 1, PrepareAll(source));
        Assert.Equal(100_000, source.Take()[0]);
    }

    [Fact]
    public void WhatWasPreparedForAnotherPlaceIsForgotten()
    {
        int[] blocks = [20];
        using var source = new SyncSource(blocks, new MemorySupply(blocks), Five);
        source.Value.StartEpoch(0, 0);
        source.Take();
        PrepareAll(source);

        source.Value.StartEpoch(0, 3);

        Assert.Equal([15, 16, 17, 18, 19], source.Take());
    }

    [Fact]
    public void AnErrorIsThrownWhereItsBatchIsAskedFor()
    {
        int[] blocks = [20];
        using var source = new SyncSource(blocks, new MemorySupply(blocks), Five, MemorySupply.Pipeline.Augment(new FailsOn(12)));
        source.Value.StartEpoch(0, 0);
        source.Take();

        Assert.Equal(1, PrepareAll(source));

        Assert.Equal([5, 6, 7, 8, 9], source.Take());
        Assert.Equal("not 12", Assert.Throws<ArithmeticException>(() => source.Value.Next(default)).Message);
    }

    private static int PrepareAll(SyncSource source)
    {
        var calls = 0;
        while (calls < MostCalls && source.Value.Prepare())
        {
            calls++;
        }

        return calls;
    }

    private sealed class FailsOn(float value) : SampleTransform
    {
        public override void Apply(Span<float> sample, ReadOnlySpan<long> shape, ref SampleRandom random, Span<float> scratch)
        {
            if (sample[0] == value)
            {
                throw new ArithmeticException($"not {value}");
            }
        }
    }
}
