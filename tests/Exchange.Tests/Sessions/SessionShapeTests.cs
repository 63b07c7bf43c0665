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
}
