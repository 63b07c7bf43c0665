using System.Net.Sockets;
using OrleansTrain.Exchange.Frames;
using OrleansTrain.Exchange.Hub;
using OrleansTrain.Exchange.Sessions;
using OrleansTrain.Exchange.Synchronization;
using OrleansTrain.Training.Numerics;

namespace OrleansTrain.Exchange.Tcp;

/// <summary>
/// Frames over one TCP connection. Of two silos the one with the higher index connects. Bytes go between native memory and the socket in
/// blocking calls: whoever sends is a rank's thread, receiving has a thread of its own.
/// </summary>
internal sealed class TcpChannel(SessionShape shape, int peer, byte[] digest, ChannelListener listener, ExchangeHubOptions options) : IFrameChannel
{
    /// <summary>What goes out with the header: small enough to copy for nothing, large enough not to be a packet for the header alone.</summary>
    private const int LeadLength = 8 * 1024;

    /// <summary>How long a frame on its way out may hold up the last one.</summary>
    private static readonly TimeSpan LongestGoodbye = TimeSpan.FromMilliseconds(200);

    /// <summary>How long the last frame of the other end is waited for when the connection has ended.</summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    private readonly Lock _sending = new();
    private readonly NativeFloats _lead = new((FrameHeader.Size + LeadLength) / sizeof(float));
    private readonly TaskCompletionSource<(Socket Socket, ulong Session)> _admitted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _receiving = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly PeerEnd _end = new(shape.Plan, peer, new SessionFault());
    private Socket? _socket;
    private long _sent;
    private long _received;
    private volatile bool _closed;

    public ExchangePlan Plan => shape.Plan;

    /// <summary>Index of the other silo.</summary>
    public int Peer => peer;

    /// <summary>Fingerprint of the plan.</summary>
    public byte[] Digest => digest;

    public ulong Session { get; private set; }

    public (long Sent, long Received) Bytes => (Volatile.Read(ref _sent), Volatile.Read(ref _received));

    /// <summary>Takes over a connection that has proved to come from the other silo; false when there is one already.</summary>
    public bool Admit(Socket socket, ulong session) => !_closed && _admitted.TrySetResult((socket, session));

    public async Task Open(IFrameSink sink, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(options.ConnectTimeout);
        try
        {
            if (Plan.Self > peer)
            {
                var connector = new TcpConnector(Plan, peer, digest, options);
                var connection = await connector.Connect(timeout.Token);
                if (!Admit(connection.Socket, connection.Session))
                {
                    connection.Socket.Dispose();
                }
            }

            var (socket, session) = await _admitted.Task.WaitAsync(timeout.Token);
            Start(socket, session, sink);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw _end.Lost($"did not connect within {options.ConnectTimeout.TotalSeconds:0.###} s");
        }
        catch (Exception error) when (error is SocketException or HandshakeException)
        {
            var endpoint = Plan.Silos[peer].Endpoint;
            throw _end.Lost(error is HandshakeException ? error.Message : $"cannot be reached at {endpoint.Address}:{endpoint.Port}: {error.Message}", error);
        }
    }

    public unsafe void Send(in FrameHeader header, byte* payload)
    {
        var socket = _socket ?? throw _end.Lost("is not connected");
        try
        {
            lock (_sending)
            {
                Write(socket, header, payload);
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            if (error is SocketException { SocketErrorCode: SocketError.TimedOut or SocketError.WouldBlock })
            {
                throw _end.Lost($"took nothing in for {Plan.StepTimeout.TotalSeconds:0.###} s", error);
            }

            // Why the connection has ended is in what the other end sent last, if it sent anything: let that be read first.
            _receiving.Task.Wait(LastWords);
            throw _end.Lost($"cannot be sent to: {error.Message.TrimEnd('.')}", error);
        }
    }

    public unsafe void Close(in FrameHeader last, byte* payload)
    {
        _closed = true;
        listener.Forget(this);
        _admitted.TrySetException(_end.Lost("is not waited for any more"));
        var socket = _socket;
        if (socket is null)
        {
            return;
        }

        try
        {
            if (_sending.TryEnter(LongestGoodbye))
            {
                try
                {
                    if (socket.Poll(0, SelectMode.SelectWrite))
                    {
                        Write(socket, last, payload);
                    }
                }
                finally
                {
                    _sending.Exit();
                }
            }

            socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The other end is gone already: there is nobody left to tell.
        }
    }

    public async ValueTask DisposeAsync()
    {
        _closed = true;
        listener.Forget(this);
        if (_admitted.Task.IsCompletedSuccessfully)
        {
            var socket = (await _admitted.Task).Socket;
            if (_socket is not null)
            {
                await _receiving.Task;
            }

            socket.Dispose();
        }

        _lead.Dispose();
    }

    private void Start(Socket socket, ulong session, IFrameSink sink)
    {
        socket.NoDelay = true;
        socket.ReceiveTimeout = 0;
        socket.SendTimeout = (int)Math.Min(int.MaxValue, Plan.StepTimeout.TotalMilliseconds);
        Session = session;
        _socket = socket;
        new Thread(() => Receive(socket, sink)) { IsBackground = true, Name = $"tensor channel from silo {peer}" }.Start();
    }

    private unsafe void Receive(Socket socket, IFrameSink sink)
    {
        try
        {
            var bytes = stackalloc byte[FrameHeader.Size];
            FrameHeader header;
            do
            {
                Read(socket, bytes, FrameHeader.Size);
                header = FrameHeader.Read(new ReadOnlySpan<byte>(bytes, FrameHeader.Size));
                Read(socket, sink.Locate(header), header.Length);
                Volatile.Write(ref _received, _received + FrameHeader.Size + header.Length);
                sink.Received(header);
            }
            while (header.Kind is not (FrameKind.Abort or FrameKind.Leave));
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException or EndOfStreamException or FrameRefusedException)
        {
            sink.Lost(error);
        }
        finally
        {
            _receiving.SetResult();
        }
    }

    private unsafe void Write(Socket socket, in FrameHeader header, byte* payload)
    {
        var lead = (byte*)_lead.Pointer;
        var copied = Math.Min(header.Length, LeadLength);
        header.Write(new Span<byte>(lead, FrameHeader.Size));
        new ReadOnlySpan<byte>(payload, copied).CopyTo(new Span<byte>(lead + FrameHeader.Size, copied));
        Write(socket, lead, FrameHeader.Size + copied);
        Write(socket, payload + copied, header.Length - copied);
    }

    private unsafe void Write(Socket socket, byte* source, int length)
    {
        while (length > 0)
        {
            var count = socket.Send(new ReadOnlySpan<byte>(source, length), SocketFlags.None);
            source += count;
            length -= count;
            Volatile.Write(ref _sent, _sent + count);
        }
    }

    private static unsafe void Read(Socket socket, byte* target, int length)
    {
        while (length > 0)
        {
            var count = socket.Receive(new Span<byte>(target, length), SocketFlags.None);
            if (count == 0)
            {
                throw new EndOfStreamException("it closed the connection");
            }

            target += count;
            length -= count;
        }
    }
}
