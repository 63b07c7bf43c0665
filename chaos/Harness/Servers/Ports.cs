using System.Net;
using System.Net.Sockets;

namespace OrleansTrain.Harness.Servers;

/// <summary>Whether a server is there.</summary>
internal static class Ports
{
    public static async Task<bool> Listens(int port)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
