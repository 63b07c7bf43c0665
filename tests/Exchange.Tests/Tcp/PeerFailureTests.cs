using OrleansTrain.Exchange.Hub;
using OrleansTrain.Exchange.Tests.Support;

namespace OrleansTrain.Exchange.Tests.Tcp;

/// <summary>What a silo sees when another one fails, leaves, is slow, or is not let in.</summary>
public sealed class PeerFailureTests
{
    private static readonly int[][] Two = [[0], [1]];

    private static readonly int[][] Three = [[0], [1], [2]];

    [Fact]
    public async Task ASiloThatVanishesInTheMiddleOfAStepIsNamed()
    {
        await using var peer = await RawPeer.Connect();
        var waiting = peer.Step();

        peer.Vanish();

        var error = await Assert.ThrowsAsync<PeerLostException>(() => waiting);
        Assert.Contains("silo raw (rank 1)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ASiloThatSendsNothingIsNamed()
    {
        await using var peer = await RawPeer.Connect(plan => plan with { StepTimeout = TimeSpan.FromMilliseconds(200) });

        var error = await Assert.ThrowsAsync<PeerLostException>(() => peer.Step());

        Assert.Contains("silo raw (rank 1) sent no gradients of step 0 within 0.2 s", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ASiloThatReadsNothingIsNamed()
    {
        // More than the sockets' buffers hold.
        await using var peer = await RawPeer.Connect(plan => plan with
        {
            StepTimeout = TimeSpan.FromMilliseconds(300),
            Layout = SyntheticModel.Layout([10_000_000]),
        });

        var error = await Assert.ThrowsAsync<PeerLostException>(() => RankThread.Run(() => RankThread.Step(peer.Session, 0, [new float[10_000_000]], 0)));

        Assert.Contains("silo raw (rank 1) took nothing in for 0.3 s", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnAbortReachesAllSilosWithItsReason()
    {
        await using var cluster = await Cluster.Start(ExchangeMode.Tcp, Three);
        var waiting = new[] { 0, 1 }.Select(rank => Step(cluster, rank)).ToArray();

        cluster.Sessions[2].Abort(new InvalidDataException("loss is NaN"));

        foreach (var rank in waiting)
        {
            var error = await Assert.ThrowsAsync<PeerLostException>(() => rank);
            Assert.Contains("silo silo-2 (rank 2) ended the exchange: loss is NaN", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task AFenceOnOneSiloIsStaleOnAll()
    {
        await using var cluster = await Cluster.Start(ExchangeMode.Tcp, Three);
        var waiting = new[] { 0, 2 }.Select(rank => Step(cluster, rank)).ToArray();

        cluster.Hubs[1].Fence("run", 1);

        foreach (var rank in waiting)
        {
            await Assert.ThrowsAsync<StaleAttemptException>(() => rank);
        }
    }

    [Fact]
    public async Task ASiloThatLeavesIsNamed()
    {
        await using var cluster = await Cluster.Start(ExchangeMode.Tcp, Two);
        await cluster.Step(0);
        var waiting = Step(cluster, 0, step: 1);

        await cluster.Sessions[1].DisposeAsync();

        var error = await Assert.ThrowsAsync<PeerLostException>(() => waiting);
        Assert.Contains("silo silo-1 (rank 1) has left the exchange", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhoDoesNotKnowTheSecretIsNotLetIn()
    {
        var error = await RefusedConnection(plan => plan.Self == 1 ? plan with { Secret = new byte[32] } : plan);

        Assert.Contains("has not proved that it knows the secret of this attempt", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhoHasAnotherPlanIsNotLetIn()
    {
        var error = await RefusedConnection(plan => plan.Self == 1 ? plan with { FirstStep = 5 } : plan);

        Assert.Contains("has opened this attempt with another plan", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhoComesFromAnotherAttemptIsNotLetIn()
    {
        var error = await RefusedConnection(plan => plan.Self == 1 ? plan with { Attempt = 2 } : plan);

        Assert.Contains("has no session open for this attempt", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ASiloThatCannotBeReachedIsNamed()
    {
        await using var cluster = Cluster.Open(ExchangeMode.Tcp, Two);
        await cluster.Hubs[0].DisposeAsync();

        var error = await Assert.ThrowsAsync<PeerLostException>(() => cluster.Sessions[1].Connect(CancellationToken.None));

        Assert.Contains($"silo silo-0 (rank 0) cannot be reached at 127.0.0.1:{cluster.Hubs[0].Endpoint.Port}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AWaitForAConnectionCanBeCancelled()
    {
        await using var cluster = Cluster.Open(ExchangeMode.Tcp, Two);
        using var cancel = new CancellationTokenSource();
        var connecting = cluster.Sessions[0].Connect(cancel.Token);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting);
    }

    private static async Task<string> RefusedConnection(Func<ExchangePlan, ExchangePlan> change)
    {
        var options = new ExchangeHubOptions { ConnectTimeout = TimeSpan.FromSeconds(1) };
        await using var cluster = Cluster.Open(ExchangeMode.Tcp, Two, change: change, options: options);
        var accepting = cluster.Sessions[0].Connect(CancellationToken.None);
        var refused = await Assert.ThrowsAsync<PeerLostException>(() => cluster.Sessions[1].Connect(CancellationToken.None));
        var waited = await Assert.ThrowsAsync<PeerLostException>(() => accepting);
        Assert.Contains("silo silo-1 (rank 1) did not connect within 1 s", waited.Message, StringComparison.Ordinal);
        return refused.Message;
    }

    private static Task<StepRequests> Step(Cluster cluster, int rank, long step = 0) => RankThread.Run(
        () => RankThread.Step(cluster.Sessions[rank], rank, SyntheticModel.Gradients(cluster.Layout, rank, step), step));
}
