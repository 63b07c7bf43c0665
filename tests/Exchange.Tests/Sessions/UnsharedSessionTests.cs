using OrleansTrain.Exchange.Tests.Support;

namespace OrleansTrain.Exchange.Tests.Sessions;

public sealed class UnsharedSessionTests
{
    [Fact]
    public async Task EachRankUpdatesItsOwnPartAndWaitsForNobody()
    {
        await using var cluster = await Cluster.Start(ExchangeMode.None, [[0, 1]], optimizer: SyntheticModel.Sgd(0, 0));
        var before = cluster.Parameters(0);

        var told = await RankThread.Run(() => RankThread.Step(
            cluster.Sessions[0], 1, SyntheticModel.Gradients(cluster.Layout, 1, 0), 0, 0.1, StepRequests.Stop));

        var after = cluster.Parameters(0);
        var half = (int)(cluster.Layout.Length / 16 / 2 * 16);
        Assert.Equal(StepRequests.Stop, told);
        Assert.Equal(before[..half], after[..half]);
        Assert.NotEqual(before[half..], after[half..]);
    }
}
