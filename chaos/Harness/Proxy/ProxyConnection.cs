using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace OrleansTrain.Harness.Proxy;

/// <summary>One connection through a <see cref="FaultProxy"/>.</summary>
internal sealed class ProxyConnection(FaultProxy proxy, Socket client) : IDisposable
{
    private const int ChunkBytes = 64 * 1024;

    private readonly Socket _server = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    public async Task Run()
    {
        client.NoDelay = true;
        await WhileStalled();
        switch (proxy.Fault)
        {
            case ProxyFault.Reset:
                return;
            case ProxyFault.Answer answer:
                await AnswerRequests(answer);
                return;
        }

        await _server.ConnectAsync(IPAddress.Loopback, proxy.TargetPort);
        var requests = Pump(client, _server, areAnswers: false);
        var answers = Pump(_server, client, areAnswers: true);
        await await Task.WhenAny(requests, answers);
        // One side has said all it wants to; what the other still sends may follow.
        await Task.WhenAll(requests, answers);
    }

    /// <summary>Ends both sides with a reset.</summary>
    public void Reset()
    {
        foreach (var socket in (Socket[])[client, _server])
        {
            try
            {
                socket.LingerState = new LingerOption(true, 0);
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                // It is closed already.
            }

            socket.Close();
        }
    }

    public void Dispose() => Reset();

    private async Task Pump(Socket from, Socket to, bool areAnswers)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            var passed = 0;
            while (await from.ReceiveAsync(buffer) is > 0 and var received)
            {
                await WhileStalled();
                var length = received;
                if (areAnswers && proxy.Fault is ProxyFault.LoseAnswers or ProxyFault.Reset)
                {
                    Reset();
                    return;
                }

                if (areAnswers && proxy.Fault is ProxyFault.Truncate truncate && passed + received > truncate.Bytes)
                {
                    length = Math.Max(truncate.Bytes - passed, 0);
                }

                await Send(to, buffer.AsMemory(0, length));
                passed += length;
                if (length < received)
                {
                    // An orderly end: a reset could overtake the bytes before it.
                    to.Shutdown(SocketShutdown.Send);
                    return;
                }
            }

            to.Shutdown(SocketShutdown.Send);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task WhileStalled()
    {
        for (var changed = proxy.FaultChanged; proxy.Fault is ProxyFault.Stall; changed = proxy.FaultChanged)
        {
            await changed;
        }
    }

    private async Task AnswerRequests(ProxyFault.Answer answer)
    {
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"HTTP/1.1 {answer.Status} Fault\r\nContent-Type: text/plain\r\nContent-Length: {Encoding.UTF8.GetByteCount(answer.Body)}\r\nConnection: close\r\n\r\n{answer.Body}");
        // The whole request is read first: a server that answers and closes before looks like a lost connection.
        await using var stream = new NetworkStream(client);
        await HttpRequest.Skip(stream);
        await stream.WriteAsync(Encoding.UTF8.GetBytes(text));
        client.Shutdown(SocketShutdown.Send);
        await stream.CopyToAsync(Stream.Null);
    }

    private static async Task Send(Socket to, ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[await to.SendAsync(bytes)..];
        }
    }
}
