using System.Net;
using System.Net.Sockets;
using OrleansTrain.Exchange.Hub;
using OrleansTrain.Exchange.Tests.Support;

namespace OrleansTrain.Exchange.Tests.Tcp;

/// <summary>Strangers at the door.</summary>
public sealed class ListenerTests
{
    private static readonly int[][] Two = [[0], [1]];

    [Fact]
    public async Task StrangersWhoSayNothingAreShownOutAndSilosStillGetIn()
    {
        var options = new ExchangeHubOptions { MaxUnauthenticated = 2, HandshakeTimeout = TimeSpan.FromMilliseconds(200) };
        await using var cluster = Cluster.Open(ExchangeMode.Tcp, Two, options: options);
        using var first = Stranger(cluster);
        using var second = Stranger(cluster);
        using var third = Stranger(cluster);

        await cluster.Connect();

        Assert.Equal(0, await first.ReceiveAsync(new byte[1]));
        await cluster.Step(0);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(5000)]
    public async Task WhatIsNoGreetingEndsTheConnection(int length)
    {
        await using var cluster = Cluster.Open(ExchangeMode.Tcp, Two, options: new ExchangeHubOptions { HandshakeTimeout = TimeSpan.FromMilliseconds(200) });
        using var stranger = Stranger(cluster);
        var noise = new byte[length];
        new Random(length).NextBytes(noise);

        await stranger.SendAsync(noise);

        await AssertClosed(stranger);
        await cluster.Connect();
    }

    [Fact]
    public async Task AnAddressInUseIsNamed()
    {
        await using var hub = new ExchangeHub(new ExchangeHubOptions());
        var port = hub.Endpoint.Port;

        var error = Assert.Throws<InvalidOperationException>(() => new ExchangeHub(new ExchangeHubOptions { Port = port }));

        Assert.Contains($"cannot listen on 127.0.0.1:{port}", error.Message, StringComparison.Ordinal);
    }

    private static Socket Stranger(Cluster cluster)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(IPAddress.Loopback, cluster.Hubs[0].Endpoint.Port);
        return socket;
    }

    private static async Task AssertClosed(Socket socket)
    {
        try
        {
            Assert.Equal(0, await socket.ReceiveAsync(new byte[1]));
        }
        catch (SocketException error)
        {
            Assert.Equal(SocketError.ConnectionReset, error.SocketErrorCode);
        }
    }
}
