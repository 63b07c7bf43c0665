using System.Net;
using System.Net.Sockets;
using OrleansTrain.Exchange.Frames;
using OrleansTrain.Exchange.Hub;
using OrleansTrain.Exchange.Sessions;
using OrleansTrain.Exchange.Tcp;

namespace OrleansTrain.Exchange.Tests.Support;

/// <summary>
/// Silo 1 of a session of two, played by a bare socket that has shaken hands: it can send whatever it likes, or vanish.
/// </summary>
internal sealed class RawPeer : IAsyncDisposable
{
    private readonly ExchangeHub _hub;
    private readonly Socket _socket;

    private RawPeer(ExchangeHub hub, IExchangeSession session, Socket socket, ulong number)
    {
        _hub = hub;
        Session = session;
        _socket = socket;
        Number = number;
    }

    /// <summary>The session of silo 0, with rank 0; the real one.</summary>
    public IExchangeSession Session { get; }

    /// <summary>The number its frames must carry.</summary>
    public ulong Number { get; }

    public static async Task<RawPeer> Connect(Func<ExchangePlan, ExchangePlan>? change = null)
    {
        var hub = new ExchangeHub(new ExchangeHubOptions { Silo = "real" });
        var plan = new ExchangePlan
        {
            RunId = "run",
            Attempt = 1,
            Self = 0,
            Layout = SyntheticModel.Small,
            Optimizer = SyntheticModel.Sgd(),
            Mode = ExchangeMode.Tcp,
            Silos = [new ExchangeSilo(hub.Endpoint, [0]), new ExchangeSilo(hub.Endpoint with { Silo = "raw" }, [1])],
            Secret = new byte[32],
            Overlap = OverlapMode.Off,
        };
        plan = change?.Invoke(plan) ?? plan;
        var session = hub.Open(plan);
        var connecting = session.Connect(CancellationToken.None);
        var (socket, number) = await RankThread.Run(() =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Connect(IPAddress.Loopback, hub.Endpoint.Port);
            var mine = plan with { Self = 1 };
            return (socket, Handshake.Connect(socket, mine, 0, PlanDigest.Compute(new SessionShape(mine)), TimeSpan.FromMinutes(1)));
        });
        (socket.SendTimeout, socket.ReceiveTimeout) = (0, 0);
        await connecting;
        return new RawPeer(hub, session, socket, number);
    }

    public void Send(FrameHeader header)
    {
        var bytes = new byte[FrameHeader.Size + (header.Length is > 0 and < 1 << 20 ? header.Length : 0)];
        header.Write(bytes);
        Send(bytes);
    }

    public void Send(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[_socket.Send(bytes)..];
        }
    }

    /// <summary>Reads one frame that the other end has sent, payload and all.</summary>
    public Task<(FrameHeader Header, byte[] Payload)> Receive() => RankThread.Run(() =>
    {
        var header = FrameHeader.Read(ReadExactly(FrameHeader.Size));
        return (header, ReadExactly(header.Length));
    });

    /// <summary>As if the process had been killed.</summary>
    public void Vanish()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Dispose();
    }

    /// <summary>Reads until the other end has closed.</summary>
    public Task WaitForEnd() => RankThread.Run(() =>
    {
        var buffer = new byte[1 << 16];
        try
        {
            while (_socket.Receive(buffer) > 0)
            {
            }
        }
        catch (SocketException)
        {
            // Reset: closed as well.
        }

        return true;
    });

    /// <summary>A step of the real rank.</summary>
    public Task<StepRequests> Step(long step = 0) =>
        RankThread.Run(() => RankThread.Step(Session, 0, SyntheticModel.Gradients(SyntheticModel.Small, 0, step), step));

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        await Session.DisposeAsync();
        await _hub.DisposeAsync();
    }

    private byte[] ReadExactly(int length)
    {
        var bytes = new byte[length];
        for (var read = 0; read < length;)
        {
            var count = _socket.Receive(bytes.AsSpan(read));
            read += count > 0 ? count : throw new EndOfStreamException("The other end has closed.");
        }

        return bytes;
    }
}
