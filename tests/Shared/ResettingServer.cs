using System.Net;
using System.Net.Sockets;

namespace OrleansTrain.Tests.Shared;

/// <summary>
/// Resets every connection as soon as it is there. Whether the reset meets the client before its connection is complete, before the request or after
/// is left to chance: who asks often meets them all.
/// </summary>
public sealed class ResettingServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Thread _loop;

    public ResettingServer()
    {
        _listener.Start();
        // A thread of its own, which blocks: the quicker the reset, the more of the early ones.
        _loop = new Thread(Accept) { IsBackground = true, Name = nameof(ResettingServer) };
        _loop.Start();
    }

    public Uri Uri => new($"http://{_listener.LocalEndpoint}/");

    public ValueTask DisposeAsync()
    {
        _listener.Stop();
        _loop.Join();
        return ValueTask.CompletedTask;
    }

    private void Accept()
    {
        try
        {
            while (true)
            {
                using var socket = _listener.AcceptSocket();
                socket.LingerState = new LingerOption(enable: true, seconds: 0);
            }
        }
        catch (SocketException)
        {
            // Stopped.
        }
    }
}
