using System.Net;
using System.Net.Sockets;
using OrleansTrain.Client.Tests.Fakes;

namespace OrleansTrain.Client.Tests.Commands;

public sealed class TrackingCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("orleanstrain").FullName;

    [Fact]
    public async Task ItServesUntilItIsInterrupted()
    {
        var client = new ClientHarness { WorkingFolder = _folder };

        var running = client.RunAsync("tracking", "--port", "0");
        var uri = new Uri((await client.FirstLine).Split(' ')[^1]);
        using var http = new HttpClient();
        Assert.Equal("OK", await http.GetStringAsync(new Uri(uri, "health")));
        client.Interrupt();

        Assert.Equal(0, await running);
    }

    [Fact]
    public async Task APortInUseIsOneLine()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        var client = new ClientHarness { WorkingFolder = _folder };

        Assert.Equal(1, await client.RunAsync("tracking", "--port", $"{port}"));

        Assert.Equal($"error: The tracking server cannot listen on 127.0.0.1:{port}: the port is in use. Choose another port, or 0 for a free one.\n", client.Errors);
    }

    [Theory]
    [InlineData("--port must be a whole number from 0 to 65535; found '70000'", "--port", "70000")]
    [InlineData("--host 0.0.0.0 can be reached by others: set ORLEANSTRAIN_TRACKING_TOKEN", "--host", "0.0.0.0")]
    public async Task WhatCannotBeServedIsRefused(string message, params string[] flags)
    {
        var client = new ClientHarness { WorkingFolder = _folder };

        Assert.Equal(2, await client.RunAsync(["tracking", .. flags]));

        Assert.StartsWith($"error: {message}", client.Errors, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
