using System.Net;
using System.Net.Sockets;
using OrleansTrain.Hosting.Embedded;
using OrleansTrain.Storage;
using OrleansTrain.Tests.Shared;

namespace OrleansTrain.Hosting.Tests.Embedded;

public sealed class EmbeddedStartTests : IDisposable
{
    private readonly TemporaryFolder _home = new();
    private readonly TcpListener _other = new(IPAddress.Loopback, 0);

    public EmbeddedStartTests() => _other.Start();

    private int TakenPort => ((IPEndPoint)_other.LocalEndpoint).Port;

    public void Dispose()
    {
        _other.Dispose();
        _home.Dispose();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task PortsThatAnotherProcessTakesAreGivenUp(int taken)
    {
        var asked = 0;
        await using var host = await EmbeddedHost.StartAsync(Options(count =>
        {
            var ports = FreePort.Find(count);
            if (++asked <= 2)
            {
                ports[taken] = TakenPort;
            }

            return ports;
        }));

        Assert.Equal(3, asked);
        Assert.NotEqual(TakenPort, host.GatewayPort);
    }

    [Fact]
    public async Task PortsThatAreAllTakenAreSaid()
    {
        var error = await Assert.ThrowsAnyAsync<Exception>(() => EmbeddedHost.StartAsync(Options(count => [.. Enumerable.Repeat(TakenPort, count)])));

        Assert.Contains("in use", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StateThatIsDamagedIsSaidBeforeAnythingStarts()
    {
        var file = Path.Combine(_home.Path, "state", "grains.db");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllTextAsync(file, "this is no database, and longer than the header of one would be: " + new string('.', 200));

        var error = await Assert.ThrowsAsync<IOException>(() => EmbeddedHost.StartAsync(Options(FreePort.Find)));

        Assert.Contains(file, error.Message, StringComparison.Ordinal);
        Assert.Contains("move it away", error.Message, StringComparison.Ordinal);
    }

    private EmbeddedOptions Options(Func<int, int[]> findPorts) => new()
    {
        HomeFolder = _home.Path,
        SlotsPerSilo = 1,
        ObjectStores = new ObjectStoreOptions { LocalFolder = Path.Combine(_home.Path, "store") },
        FindPorts = findPorts,
    };
}
