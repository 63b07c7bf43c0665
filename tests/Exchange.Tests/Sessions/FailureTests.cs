using OrleansTrain.Exchange.Hub;
using OrleansTrain.Exchange.Tests.Support;

namespace OrleansTrain.Exchange.Tests.Sessions;

/// <summary>What happens within one silo when a rank, or the whole attempt, does not go on.</summary>
public sealed class FailureTests
{
    [Fact]
    public async Task ARankThatDoesNotComeIsNamed()
    {
        await using var cluster = await Cluster.Start(
            ExchangeMode.InProcess, [[0, 1, 2]], change: plan => plan with { StepTimeout = TimeSpan.FromMilliseconds(100) });

        var waiting = new[] { 0, 2 }.Select(rank => Step(cluster, rank)).ToArray();

        foreach (var rank in waiting)
        {
            var error = await Assert.ThrowsAsync<PeerLostException>(() => rank);
            Assert.Contains("step 0: rank 1 did not come within 0.1 s", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task AnAbortWakesWaitingRanksWithItsReason()
    {
        await using var cluster = await Cluster.Start(ExchangeMode.InProcess, [[0, 1]]);
        var waiting = Step(cluster, 0);

        cluster.Sessions[0].Abort(new InvalidDataException("the batch is empty"));

        Assert.Equal("the batch is empty", (await Assert.ThrowsAsync<InvalidDataException>(() => waiting)).Message);
        await Assert.ThrowsAsync<InvalidDataException>(() => Step(cluster, 1));
    }

    [Fact]
    public async Task AFenceWakesWaitingRanksAndRefusesTheAttempt()
    {
        await using var cluster = await Cluster.Start(ExchangeMode.InProcess, [[0, 1]]);
        var waiting = Step(cluster, 0);

        cluster.Hubs[0].Fence("run", 1);

        await Assert.ThrowsAsync<StaleAttemptException>(() => waiting);
        Assert.Throws<StaleAttemptException>(() => cluster.Hubs[0].Open(cluster.Sessions[0].Plan));
        await using var next = cluster.Hubs[0].Open(cluster.Sessions[0].Plan with { Attempt = 2 });
        Assert.Equal(2, next.Plan.Attempt);
    }

    [Fact]
    public async Task ANewAttemptEndsTheOldOne()
    {
        await using var cluster = await Cluster.Start(ExchangeMode.InProcess, [[0, 1]]);
        var waiting = Step(cluster, 0);

        await using var next = cluster.Hubs[0].Open(cluster.Sessions[0].Plan with { Attempt = 2 });

        var error = await Assert.ThrowsAsync<StaleAttemptException>(() => waiting);
        Assert.Contains("attempt 1 has been replaced by attempt 2", error.Message, StringComparison.Ordinal);
        Assert.Throws<StaleAttemptException>(() => cluster.Hubs[0].Open(cluster.Sessions[0].Plan));
    }

    [Fact]
    public async Task RanksShareASessionUntilAllHaveLetGo()
    {
        await using var hub = new ExchangeHub(new ExchangeHubOptions());
        await using var cluster = await Cluster.Start(ExchangeMode.InProcess, [[0, 1]]);
        var first = cluster.Sessions[0];
        var second = cluster.Hubs[0].Open(first.Plan);

        Assert.Same(first.Parameters, second.Parameters);
        await second.DisposeAsync();
        await second.DisposeAsync();

        await cluster.Step(0);
        await first.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => Step(cluster, 0, step: 1));
    }

    [Fact]
    public async Task ClosingWakesARankThatWaits()
    {
        await using var cluster = await Cluster.Start(ExchangeMode.InProcess, [[0, 1]]);
        var waiting = Step(cluster, 0);

        await cluster.Sessions[0].DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting);
    }

    [Fact]
    public async Task ARankWithAnotherLearningRateStopsAll()
    {
        await using var cluster = await Cluster.Start(ExchangeMode.InProcess, [[0, 1]]);

        var ranks = new[] { 0.1, 0.2 }.Select((rate, rank) => RankThread.Run(
            () => RankThread.Step(cluster.Sessions[0], rank, SyntheticModel.Gradients(cluster.Layout, rank, 0), 0, rate))).ToArray();

        foreach (var rank in ranks)
        {
            Assert.Contains("learning rate", (await Assert.ThrowsAsync<InvalidOperationException>(() => rank)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task AStepOutOfOrderIsRefused()
    {
        await using var cluster = await Cluster.Start(ExchangeMode.InProcess, [[0]], change: plan => plan with { FirstStep = 40 });

        await cluster.Step(40);

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Step(cluster, 0, step: 40));
        Assert.Contains("the next one is 41", error.Message, StringComparison.Ordinal);
    }

    private static Task<StepRequests> Step(Cluster cluster, int rank, long step = 0) =>
        RankThread.Run(() => RankThread.Step(cluster.Sessions[0], rank, SyntheticModel.Gradients(cluster.Layout, rank, step), step));
}
