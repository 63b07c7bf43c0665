using System.Text;
using OrleansTrain.Exchange.Frames;
using OrleansTrain.Exchange.Sessions;
using OrleansTrain.Exchange.Synchronization;

namespace OrleansTrain.Exchange.SharedMemory;

/// <summary>
/// The silos of a session that run on this host, as one of them sees it. The first creates the segment and tells the others its name over their
/// authenticated connections; when all have it open, it loses its name. Then one parameter buffer takes the place of theirs.
/// </summary>
internal sealed unsafe class HostGroup : IDisposable
{
    private const int LongestPath = 128;

    private readonly ParameterBuffer _parameters;
    private readonly SessionFault _fault;
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private readonly SpinPolicy _spin;
    private SharedSegment? _segment;
    private SharedSignal? _signal;
    private int _missing;

    public HostGroup(SessionShape shape, IReadOnlyList<int> silos, ParameterBuffer parameters, SessionFault fault, SpinPolicy spin)
    {
        Layout = new SegmentLayout(shape, silos);
        Self = silos.ToList().IndexOf(shape.Plan.Self);
        _parameters = parameters;
        _fault = fault;
        _spin = spin;
        _missing = silos.Count - 1;
        fault.OnSet(() => _ready.TrySetException(fault.Error!));
    }

    /// <summary>Bytes that the name of a segment and its token have at most.</summary>
    public static int LongestInvitation => SharedSegment.TokenSize + LongestPath;

    public SegmentLayout Layout { get; }

    /// <summary>This silo's number in the group; 0 creates the segment.</summary>
    public int Self { get; }

    /// <summary>Waits for counters in the segment. There once <see cref="Ready"/> has completed.</summary>
    public SharedSignal Signal => _signal ?? throw new InvalidOperationException("The shared memory is not there yet.");

    /// <summary>Completes when the segment is there, on the creating silo when all others have opened it too.</summary>
    public Task Ready => _ready.Task;

    private byte* Base => (_segment ?? throw new InvalidOperationException("The shared memory is not there yet.")).Pointer;

    /// <summary>A place in the segment.</summary>
    public byte* At(long offset) => Base + offset;

    /// <summary>A silo's control words.</summary>
    public SiloControl* Control(int member) => (SiloControl*)At(SegmentLayout.Control(member));

    /// <summary>Creating silo: tells another one where the segment is.</summary>
    /// <exception cref="IOException">There is not enough shared memory.</exception>
    public void Invite(IFrameChannel channel)
    {
        SharedSegment segment;
        lock (_lock)
        {
            segment = _segment ??= Adopt(SharedSegment.Create(Layout.Size));
        }

        Span<byte> invitation = stackalloc byte[LongestInvitation];
        segment.Token.CopyTo(invitation);
        var length = SharedSegment.TokenSize + Encoding.UTF8.GetBytes(segment.Path, invitation[SharedSegment.TokenSize..]);
        fixed (byte* payload = invitation)
        {
            channel.Send(new FrameHeader(FrameKind.Segment, 0, 0, channel.Session, 0, 0, 0, length), payload);
        }
    }

    /// <summary>Other silos: open the segment and say so.</summary>
    public void Accept(IFrameChannel channel, ReadOnlySpan<byte> invitation)
    {
        try
        {
            var path = Encoding.UTF8.GetString(invitation[SharedSegment.TokenSize..]);
            _segment = Adopt(SharedSegment.Open(path, Layout.Size, invitation[..SharedSegment.TokenSize]));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _fault.TrySet(new IOException(
                $"Memory cannot be shared with another silo of this host: {error.Message} Run both as the same user, or choose the exchange 'tcp'.", error));
            return;
        }

        channel.Send(new FrameHeader(FrameKind.Mapped, 0, 0, channel.Session, 0, 0, 0, 0), null);
        _ready.TrySetResult();
    }

    /// <summary>Creating silo: another one has opened it.</summary>
    public void Accepted()
    {
        if (Interlocked.Decrement(ref _missing) == 0)
        {
            _segment!.Unlink();
            _ready.TrySetResult();
        }
    }

    /// <summary>Makes the parameter buffers of all silos of the group one, with the content of the one that has it.</summary>
    public void ShareParameters(int source, TimeSpan timeout)
    {
        if (source == Self)
        {
            Buffer.MemoryCopy(_parameters.Pointer, At(Layout.Parameters), _parameters.PageBytes, _parameters.PageBytes);
            Interlocked.Exchange(ref Control(source)->HasParameters, 1);
            for (var member = 0; member < Layout.Members.Count; member++)
            {
                SharedSignal.Notify(Control(member));
            }
        }
        else if (Signal.Wait(&Control(source)->HasParameters, 1, timeout) != WaitResult.Reached)
        {
            Signal.ThrowIfFaulted();
            throw new PeerLostException($"The initial parameters have not come from another silo of this host within {timeout.TotalSeconds:0.###} s.");
        }

        LinuxMemory.Replace(_parameters.Pointer, _parameters.PageBytes, _segment!.Handle, Layout.Parameters);
    }

    public void Dispose()
    {
        if (_segment is { } segment && Self == 0 && !_ready.Task.IsCompletedSuccessfully)
        {
            segment.Unlink();
        }

        _segment?.Dispose();
    }

    private SharedSegment Adopt(SharedSegment segment)
    {
        _segment = segment;
        _signal = new SharedSignal(Control(Self), _fault, _spin);
        return segment;
    }
}
