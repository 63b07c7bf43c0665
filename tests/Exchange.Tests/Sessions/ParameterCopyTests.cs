using System.Runtime.InteropServices;
using OrleansTrain.Exchange.Tests.Support;

namespace OrleansTrain.Exchange.Tests.Sessions;

/// <summary>What each rank computes with are the parameters of the silo, whoever has updated them.</summary>
public sealed class ParameterCopyTests
{
    public static TheoryData<ExchangeMode, int[][]> Placements => new()
    {
        { ExchangeMode.InProcess, [[0, 1, 2]] },
        { ExchangeMode.SharedMemory, [[0], [1]] },
        { ExchangeMode.SharedMemory, [[2], [0, 1, 3]] },
        { ExchangeMode.Tcp, [[0], [1, 2]] },
        { ExchangeMode.Orleans, [[1, 2], [0]] },
    };

    [Theory]
    [MemberData(nameof(Placements))]
    public async Task EveryRankHasTheParametersOfItsSilo(ExchangeMode mode, int[][] placement)
    {
        // Many chunks for each rank, which take them from one another.
        await using var cluster = await Cluster.Start(mode, placement, SyntheticModel.Layout([301, 200], [33], [50, 7]));
        AssertEqual(cluster);
        for (var step = 0; step < 20; step++)
        {
            var before = cluster.Parameters(0);
            await cluster.Step(step);

            Assert.NotEqual(before, cluster.Parameters(0));
            AssertEqual(cluster);
        }
    }

    [Fact]
    public async Task SmallParametersAreEachRanksOwn()
    {
        await using var cluster = await Cluster.Start(ExchangeMode.InProcess, [[0, 1]]);

        cluster.Sessions[0].ParametersOf(1).fill_(7);

        Assert.NotEqual(cluster.Parameters(0), Values(cluster.Sessions[0], 1));
        Assert.Equal(cluster.Parameters(0), Values(cluster.Sessions[0], 0));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(1)]
    public async Task LargeParametersAndThoseOfOneRankAloneAreInOneBuffer(int ranks)
    {
        var layout = SyntheticModel.Layout([ranks == 1 ? 64 : 1024, 200]);
        await using var cluster = await Cluster.Start(ExchangeMode.InProcess, [[.. Enumerable.Range(0, ranks)]], layout);

        Assert.All(Enumerable.Range(0, ranks), rank => Assert.Same(cluster.Sessions[0].Parameters, cluster.Sessions[0].ParametersOf(rank)));
    }

    private static void AssertEqual(Cluster cluster)
    {
        foreach (var (silo, ranks) in cluster.Placement.Index())
        {
            Assert.Equal(cluster.Parameters(0), cluster.Parameters(silo));
            Assert.All(ranks, rank => Assert.Equal(cluster.Parameters(silo), Values(cluster.Sessions[silo], rank)));
        }
    }

    private static float[] Values(IExchangeSession session, int rank) => MemoryMarshal.Cast<byte, float>(session.ParametersOf(rank).bytes).ToArray();
}
