using System.Runtime.InteropServices;
using OrleansTrain.Exchange.Tests.Support;

namespace OrleansTrain.Exchange.Tests.Sessions;

public sealed class UnsharedSessionTests
{
    [Fact]
    public async Task EachRankUpdatesItsOwnPartAndWaitsForNobody()
    {
        await using var cluster = await Cluster.Start(ExchangeMode.None, [[0, 1]], optimizer: SyntheticModel.Sgd(0, 0));
        var session = cluster.Sessions[0];
        var before = Values(session, 1);
        Assert.Equal(cluster.Parameters(0), before);

        var told = await RankThread.Run(() => RankThread.Step(
            session, 1, SyntheticModel.Gradients(cluster.Layout, 1, 0), 0, 0.1, StepRequests.Stop));

        var after = Values(session, 1);
        var half = (int)(cluster.Layout.Length / 16 / 2 * 16);
        Assert.Equal(StepRequests.Stop, told);
        Assert.Equal(before[..half], after[..half]);
        Assert.NotEqual(before[half..], after[half..]);
        Assert.Equal(before, cluster.Parameters(0));
    }

    [Fact]
    public async Task TheStateOfTheRanksOfASiloIsOneShardAndTheShardsOfAllSilosAreTheModel()
    {
        await using var cluster = await Cluster.Start(ExchangeMode.None, [[1], [2, 0]], optimizer: SyntheticModel.Sgd(0.9, 0));
        var shards = cluster.Sessions.Select(session => session.Shard).ToArray();
        Assert.Equal((0L, shards[0].Length, cluster.Layout.Length), (shards[0].Start, shards[1].Start, shards[1].Start + shards[1].Length));

        var state = Enumerable.Range(0, (int)shards[1].Length).Select(i => (float)i).ToArray();
        shards[1].Write("momentum_buffer", 0, state);
        shards[1].SetOptimizerSteps(7);

        // Two thirds of the model, so the middle lies where one rank's part ends.
        var read = new float[state.Length - 20];
        shards[1].Read("momentum_buffer", 10, read);
        Assert.Equal(state[10..^10], read);
        Assert.Equal((7, 0), (shards[1].OptimizerSteps, shards[0].OptimizerSteps));
        Assert.Throws<ArgumentOutOfRangeException>(() => shards[1].Read("momentum_buffer", 21, read));
    }

    private static float[] Values(IExchangeSession session, int rank) => MemoryMarshal.Cast<byte, float>(session.ParametersOf(rank).bytes).ToArray();
}
