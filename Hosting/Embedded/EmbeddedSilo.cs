using System.Net.Sockets;
using Microsoft.Extensions.Hosting;

namespace OrleansTrain.Hosting.Embedded;

/// <summary>A silo of this process that takes calls.</summary>
internal sealed record EmbeddedSilo(IHost Host, int SiloPort, int GatewayPort)
{
    // A free port is known by having been free: another process of the machine may take it before the silo does.
    private const int Tries = 5;

    /// <summary>Starts a silo on ports of the loopback address; on others when one of them has been taken meanwhile.</summary>
    /// <param name="build">Makes its host for a silo port and a gateway port.</param>
    /// <param name="findPorts">Finds a number of free ports.</param>
    public static async Task<EmbeddedSilo> StartAsync(Func<int, int, IHost> build, Func<int, int[]> findPorts, CancellationToken cancellationToken)
    {
        for (var left = Tries - 1; ; left--)
        {
            var ports = findPorts(2);
            var host = build(ports[0], ports[1]);
            try
            {
                await host.StartOrDisposeAsync(cancellationToken);
                return new EmbeddedSilo(host, ports[0], ports[1]);
            }
            catch (Exception error) when (left > 0 && IsPortTaken(error))
            {
                // Nothing has been told these ports yet.
            }
        }
    }

    private static bool IsPortTaken(Exception error) =>
        error is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse }
        || (error is AggregateException many ? many.InnerExceptions.Any(IsPortTaken) : error.InnerException is { } inner && IsPortTaken(inner));
}
