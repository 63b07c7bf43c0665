using System.Diagnostics;
using System.Net.Sockets;

namespace OrleansTrain.Exchange.Tcp;

/// <summary>Blocking reads and writes of small messages that must all be done within one period, however slowly the other end dribbles.</summary>
internal sealed class TimedSocket(Socket socket, TimeSpan period)
{
    private readonly long _start = Stopwatch.GetTimestamp();

    public void Read(Span<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            var count = Receive(buffer);
            if (count == 0)
            {
                throw new HandshakeException("closed the connection before it was established");
            }

            buffer = buffer[count..];
        }
    }

    public void Write(ReadOnlySpan<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            socket.SendTimeout = Remaining();
            buffer = buffer[socket.Send(buffer)..];
        }
    }

    private int Receive(Span<byte> buffer)
    {
        try
        {
            socket.ReceiveTimeout = Remaining();
            return socket.Receive(buffer);
        }
        catch (SocketException error) when (error.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock)
        {
            throw Late();
        }
    }

    private int Remaining()
    {
        var remaining = period - Stopwatch.GetElapsedTime(_start);
        return remaining > TimeSpan.Zero ? Math.Max(1, (int)remaining.TotalMilliseconds) : throw Late();
    }

    private HandshakeException Late() => new($"did not finish the handshake within {period.TotalSeconds:0.###} s");
}
