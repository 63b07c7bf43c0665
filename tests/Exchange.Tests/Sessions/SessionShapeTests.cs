using OrleansTrain.Exchange.Layout;
using OrleansTrain.Exchange.Sessions;
using OrleansTrain.Exchange.Tests.Support;

namespace OrleansTrain.Exchange.Tests.Sessions;

/// <summary>What follows from a plan for the work of a step.</summary>
public sealed class SessionShapeTests
{
    [Theory]
    [InlineData(2, new long[] { 784, 128 }, new long[] { 128 }, new long[] { 128, 64 }, new long[] { 64 }, new long[] { 64, 10 }, new long[] { 10 })]
    [InlineData(3, new long[] { 301, 200 }, new long[] { 33 })]
    [InlineData(4, new long[] { 1000, 100 }, new long[] { 1 })]
    public async Task RanksOfASiloStartWithAsManyChunksEach(int ranks, params long[][] shapes)
    {
        await using var cluster = Cluster.Open(ExchangeMode.InProcess, [[.. Enumerable.Range(0, ranks)]], SyntheticModel.Layout(shapes));

        Assert.Equal(4 * ranks, new SessionShape(cluster.Sessions[0].Plan).Shards.Chunks(0));
    }

    [Fact]
    public async Task ASiloLeavesToOthersWhatLiesInOneParameter()
    {
        // 16 + 144 elements, then 960 of which the first half of the buffer has 400.
        await using var cluster = Cluster.Open(ExchangeMode.SharedMemory, [[0], [1]], SyntheticModel.Layout([10], [144], [30, 32]));
        var shape = new SessionShape(cluster.Sessions[0].Plan);

        Assert.True(shape.SharesUpdate);
        Assert.Equal(new FlatRange(160, 400), shape.Leavable(0));
        Assert.Equal(new FlatRange(560, 560), shape.Leavable(1));
    }

    [Theory]
    [InlineData(ExchangeMode.Tcp, 1000, new[] { 0 }, new[] { 1 })]
    [InlineData(ExchangeMode.SharedMemory, 1000, new[] { 0, 1 }, new[] { 2 })]
    [InlineData(ExchangeMode.SharedMemory, 200_000, new[] { 0 }, new[] { 1 })]
    [InlineData(ExchangeMode.InProcess, 1000, new[] { 0, 1 })]
    public async Task OnlySilosOfOneRankWithSmallParametersInSharedMemoryLeaveAnything(ExchangeMode mode, int length, params int[][] placement)
    {
        await using var cluster = Cluster.Open(mode, placement, SyntheticModel.Layout([length]));
        var shape = new SessionShape(cluster.Sessions[0].Plan);

        Assert.False(shape.SharesUpdate);
        Assert.All(Enumerable.Range(0, placement.Length), silo => Assert.Equal(0, shape.Leavable(silo).Length));
    }
}
