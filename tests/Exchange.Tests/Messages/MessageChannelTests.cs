using OrleansTrain.Exchange.Frames;
using OrleansTrain.Exchange.Messages;
using OrleansTrain.Exchange.Tests.Support;

namespace OrleansTrain.Exchange.Tests.Messages;

/// <summary>The exchange over messages: what may arrive when, and what is refused. That the bits are right, <c>PlacementTests</c> show.</summary>
public sealed class MessageChannelTests
{
    private static readonly int[][] TwoSilos = [[0], [1]];

    [Fact]
    public async Task OnlySoManyFramesAreUnderWay()
    {
        var courier = new LocalCourier();
        await using var cluster = await Cluster.Start(ExchangeMode.Orleans, TwoSilos, SyntheticModel.Layout([1000, 1000]), courier: courier);
        for (var step = 0; step < 3; step++)
        {
            await cluster.Step(step);
        }

        // Two channels, in each direction one.
        Assert.InRange(courier.MostUnderWay, 2, 128);
    }

    [Fact]
    public async Task AMessageThatCannotBeDeliveredEndsTheSessionOnBothSides()
    {
        var courier = new LocalCourier();
        await using var cluster = await Cluster.Start(ExchangeMode.Orleans, TwoSilos, courier: courier);
        courier.OnTheWay = (route, message) =>
        {
            if (route.To == 1 && message.Header.Kind == FrameKind.Partial)
            {
                throw new InvalidOperationException("the silo is gone");
            }
        };

        var error = await Assert.ThrowsAsync<PeerLostException>(() => cluster.Step(0));

        Assert.Contains("the silo is gone", error.Message, StringComparison.Ordinal);
        var other = await Assert.ThrowsAsync<PeerLostException>(() =>
            RankThread.Run(() => RankThread.Step(cluster.Sessions[1], 1, SyntheticModel.Gradients(cluster.Layout, 1, 0), 0)));
        Assert.Contains("silo-", other.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFrameOfAnotherSessionEndsTheSession()
    {
        var courier = new LocalCourier();
        await using var cluster = await Cluster.Start(ExchangeMode.Orleans, TwoSilos, courier: courier);
        courier.OnTheWay = (_, message) =>
        {
            if (message.Header.Kind == FrameKind.Partial)
            {
                (message.Header with { Session = 1 }).Write(message.Bytes);
            }
        };

        var error = await Assert.ThrowsAsync<PeerLostException>(() => cluster.Step(0));

        Assert.Contains("another session", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFrameShorterThanItSaysEndsTheSession()
    {
        var courier = new LocalCourier();
        await using var cluster = await Cluster.Start(ExchangeMode.Orleans, TwoSilos, courier: courier);
        courier.OnTheWay = (_, message) =>
        {
            if (message.Header.Kind == FrameKind.Partial)
            {
                (message.Header with { Length = message.Header.Length + 4 }).Write(message.Bytes);
            }
        };

        var error = await Assert.ThrowsAsync<PeerLostException>(() => cluster.Step(0));

        Assert.Contains("a message of", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFrameOfAnEndedAttemptFindsNobody()
    {
        await using var cluster = await Cluster.Start(ExchangeMode.Orleans, TwoSilos);
        await cluster.Sessions[0].DisposeAsync();

        Assert.Throws<StaleAttemptException>(() => cluster.Hubs[0].Greet("run", 1, 1, 0, new byte[32]));
        await Assert.ThrowsAsync<StaleAttemptException>(() => cluster.Hubs[0].Receive("run", 1, 1, 0, FrameMessage.Rent(FrameHeader.Size)));
    }

    [Fact]
    public async Task SilosWithDifferentPlansDoNotConnect()
    {
        await using var cluster = Cluster.Open(
            ExchangeMode.Orleans, TwoSilos, change: plan => plan with { FirstStep = plan.Self });

        var error = await Assert.ThrowsAsync<PeerLostException>(() => cluster.Connect());

        Assert.Contains("another plan", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithoutACourierTheModeIsRefused()
    {
        await using var hub = new Hub.ExchangeHub(new Hub.ExchangeHubOptions { Silo = "alone" });

        var error = Assert.Throws<ArgumentException>(() => hub.Open(new ExchangePlan
        {
            RunId = "run",
            Attempt = 1,
            Self = 0,
            Layout = SyntheticModel.Small,
            Optimizer = SyntheticModel.Sgd(),
            Mode = ExchangeMode.Orleans,
            Silos = [new ExchangeSilo(hub.Endpoint, [0]), new ExchangeSilo(hub.Endpoint, [1])],
            Secret = new byte[32],
        }));

        Assert.Contains("nothing that sends messages", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(FrameHeader.Size - 1)]
    [InlineData(FrameMessage.Longest + 1)]
    [InlineData(uint.MaxValue)]
    public void NoMessageHasAnImpossibleLength(long length) => Assert.Throws<InvalidDataException>(() => FrameMessage.Rent(length));
}
