using System.Net;
using System.Net.Sockets;

namespace OrleansTrain.Hosting;

/// <summary>Finds ports for silos that several processes of one machine may start at once.</summary>
internal static class FreePort
{
    /// <summary>Different free ports of the loopback address.</summary>
    public static int[] Find(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        listeners.ForEach(listener => listener.Start());
        var ports = listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port).ToArray();
        listeners.ForEach(listener => listener.Dispose());
        return ports;
    }
}
