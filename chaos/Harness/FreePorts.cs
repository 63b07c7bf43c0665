using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace OrleansTrain.Harness;

/// <summary>Ports for servers of the harness. Thread-safe.</summary>
public static class FreePorts
{
    // Below the range from which the kernel takes ports for outgoing connections: one of those must not come first.
    private const int Lowest = 10_000;
    private const int Highest = 32_000;

    private static readonly ConcurrentDictionary<int, bool> Given = new();

    /// <summary>A port that nothing listens on and that was not given before.</summary>
    public static int Take()
    {
        while (true)
        {
            var port = Random.Shared.Next(Lowest, Highest);
            if (!Given.TryAdd(port, true))
            {
                continue;
            }

            try
            {
                using var probe = new TcpListener(IPAddress.Any, port);
                probe.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken by somebody else: the next one.
            }
        }
    }
}
