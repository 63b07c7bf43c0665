using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace OrleansTrain.Tracking.Tests.Client.Scripted;

/// <summary>A server that does to each connection what the test says, down to the bytes.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Channel<Func<ScriptedConnection, Task>> _script = Channel.CreateUnbounded<Func<ScriptedConnection, Task>>();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;

    public ScriptedServer()
    {
        _listener.Start();
        _loop = AcceptAsync();
    }

    public Uri Uri => new($"http://{_listener.LocalEndpoint}/");

    /// <summary>Connections that came so far.</summary>
    public int Connections { get; private set; }

    /// <summary>What to do with the next connection.</summary>
    public ScriptedServer Then(Func<ScriptedConnection, Task> act)
    {
        _script.Writer.TryWrite(act);
        return this;
    }

    /// <summary>Reads the request of the next connection, then sends these bytes and closes.</summary>
    public ScriptedServer ThenSend(string answer) => Then(async connection =>
    {
        await connection.ReadRequestAsync();
        await connection.SendAsync(answer);
    });

    public ScriptedServer ThenJson(int status, string body, params string[] headers) => ThenSend(
        $"HTTP/1.1 {status} Status\r\nContent-Type: application/json\r\nContent-Length: {System.Text.Encoding.UTF8.GetByteCount(body)}\r\n"
        + string.Concat(headers.Select(header => header + "\r\n")) + "Connection: close\r\n\r\n" + body);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _listener.Stop();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                using var socket = await _listener.AcceptSocketAsync(_stop.Token);
                Connections++;
                var act = await _script.Reader.ReadAsync(_stop.Token);
                await act(new ScriptedConnection(socket, _stop.Token));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException)
        {
            // Stopped, or the client went away: what the client saw is what the test looks at.
        }
    }
}
