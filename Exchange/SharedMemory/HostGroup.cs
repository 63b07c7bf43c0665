using System.Text;
using OrleansTrain.Exchange.Frames;
using OrleansTrain.Exchange.Sessions;
using OrleansTrain.Exchange.Synchronization;
using OrleansTrain.Training.Native;
using OrleansTrain.Training.Optimizers;

namespace OrleansTrain.Exchange.SharedMemory;

/// <summary>
/// The silos of a session that run on this host, as one of them sees it. The first creates the segment and tells the others its name over their
/// authenticated connections; when all have it open, it loses its name. Then one parameter buffer takes the place of theirs.
/// </summary>
internal sealed unsafe class HostGroup : IDisposable
{
    private const int LongestPath = 128;

    private readonly SessionShape _shape;
    private readonly ParameterBuffer _parameters;
    private readonly SessionFault _fault;
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private readonly SpinPolicy _spin;
    private SharedSegment? _segment;
    private SharedSignal? _signal;
    private LentGradients? _gradients;
    private int _missing;

    public HostGroup(SessionShape shape, IReadOnlyList<int> silos, ParameterBuffer parameters, IFlatOptimizer optimizer, SessionFault fault, SpinPolicy spin)
    {
        Layout = new SegmentLayout(shape, silos, optimizer.StateNames.Count);
        Self = Member(shape.Plan.Self);
        _shape = shape;
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

    /// <summary>A silo's number in the group.</summary>
    public int Member(int silo)
    {
        var member = 0;
        for (; Layout.Members[member] != silo; member++)
        {
        }

        return member;
    }

    /// <summary>A place in the segment.</summary>
    public byte* At(long offset) => Base + offset;

    /// <summary>A silo's control words.</summary>
    public SiloControl* Control(int member) => (SiloControl*)At(SegmentLayout.Control(member));

    /// <summary>Where the rank's gradients should lie to be read by the other silos; null where they may lie anywhere.</summary>
    public TensorArena? GradientsOf(int rank) => _gradients?.Of(rank);

    /// <summary>Says where the other silos find a gradient of this silo's node, if they can read it there.</summary>
    public bool TryLend(int node, int slot, float* gradient)
    {
        var offset = _gradients?.OffsetOf(node, gradient) ?? 0;
        var said = (long*)At(Layout.Lent(Self, node, slot));
        if (Volatile.Read(ref *said) != offset)
        {
            // It hardly ever changes, and what is written must be fetched anew by every reader's core.
            Volatile.Write(ref *said, offset);
        }

        return offset != 0;
    }

    /// <summary>Where the gradient of another silo's node lies; null when it is in the inbox.</summary>
    /// <exception cref="InvalidDataException">It cannot be there.</exception>
    public float* Lent(int member, int node, int slot)
    {
        var offset = Volatile.Read(ref *(long*)At(Layout.Lent(member, node, slot)));
        return offset == 0
            ? null
            : offset >= Layout.SizeWithoutGradients && offset + (_shape.Plan.Layout.Slots[slot].Length * sizeof(float)) <= _segment!.Size
            ? (float*)At(offset)
            : throw new InvalidDataException($"Another silo of this host lends parameter {slot}'s gradient at {offset}, which is none of its places.");
    }

    /// <summary>Bytes of the segment: with room for gradients where that leaves half of what is free to others.</summary>
    internal long SizeFor(long free) => free / 2 >= Layout.Size ? Layout.Size : Layout.SizeWithoutGradients;

    /// <summary>Creating silo: tells another one where the segment is.</summary>
    /// <exception cref="IOException">There is not enough shared memory.</exception>
    public void Invite(IFrameChannel channel)
    {
        SharedSegment segment;
        lock (_lock)
        {
            segment = _segment ??= Adopt(SharedSegment.Create(SizeFor(SharedSegment.Free)));
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
            _segment = Adopt(SharedSegment.Open(path, [Layout.Size, Layout.SizeWithoutGradients], invitation[..SharedSegment.TokenSize]));
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

    /// <summary>Where silos share the update: this silo's part of the optimizer's state goes where all silos of the group reach it.</summary>
    public void ShareState(IFlatOptimizer optimizer)
    {
        if (_shape.SharesUpdate)
        {
            optimizer.MoveState((float*)At(Layout.OptimizerState), _shape.OwnShard.Start, _shape.OwnShard.Length);
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

        if (_gradients is { } gradients)
        {
            // A gradient may outlive the exchange, and then the memory does.
            var memory = _segment!;
            _ = gradients.Retire().ContinueWith(_ => memory.Dispose(), TaskScheduler.Default);
        }
        else
        {
            _segment?.Dispose();
        }
    }

    private SharedSegment Adopt(SharedSegment segment)
    {
        _segment = segment;
        _signal = new SharedSignal(Control(Self), _fault, _spin);
        if (segment.Size == Layout.Size && Layout.Size > Layout.SizeWithoutGradients && TensorArena.IsSupported)
        {
            _gradients = new LentGradients(_shape, Layout, Self, segment.Pointer);
        }

        return segment;
    }
}
