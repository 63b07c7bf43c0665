using OrleansTrain.Exchange.Frames;
using OrleansTrain.Exchange.Layout;
using OrleansTrain.Exchange.Links;
using OrleansTrain.Exchange.Sessions;
using OrleansTrain.Exchange.Synchronization;
using OrleansTrain.Training.Numerics;

namespace OrleansTrain.Exchange.SharedMemory;

/// <summary>
/// A link through shared memory: partial sums are written where the other silo reads them, new parameters are there for all at once, and counters
/// tell how far everyone is. The connection between the two silos stays open to notice when one of them dies.
/// </summary>
internal sealed class SharedMemoryLink : IPeerLink, IFrameSink
{
    private readonly SessionShape _shape;
    private readonly HostGroup _group;
    private readonly IFrameChannel _channel;
    private readonly PeerEnd _end;
    private readonly NativeFloats _payload = new(Math.Max(PeerEnd.LongestReason, HostGroup.LongestInvitation) / sizeof(float));
    private readonly int _peer;
    private readonly int _peerNodes;
    private readonly long _ownChunks;
    private readonly long _peerChunks;
    private long _sent;
    private long _received;

    public SharedMemoryLink(SessionShape shape, int silo, HostGroup group, IFrameChannel channel, SessionFault fault)
    {
        _shape = shape;
        _group = group;
        _channel = channel;
        _end = new PeerEnd(shape.Plan, silo, fault);
        _peer = group.Member(silo);
        _peerNodes = shape.Covers[silo].Count;
        (_ownChunks, _peerChunks) = (shape.Shards.Chunks(shape.Plan.Self), shape.Shards.Chunks(silo));
    }

    public int Silo => _end.Silo;

    public (long Sent, long Received) Bytes => (Volatile.Read(ref _sent), Volatile.Read(ref _received));

    private int Self => _group.Self;

    public async Task Connect(CancellationToken cancellationToken)
    {
        await _channel.Open(this, cancellationToken);
        if (Self == 0)
        {
            _group.Invite(_channel);
        }

        await _group.Ready.WaitAsync(cancellationToken);
    }

    public unsafe float* PartialTarget(int node, int chunk) =>
        (float*)_group.At(_group.Layout.Partial(_peer, Self, node)) + (_shape.Shards.Chunk(Silo, chunk).Start - _shape.Shards[Silo].Start);

    public unsafe void SendPartial(long step, int node, int chunk, StepRequests requests, float* data)
    {
        var own = _group.Control(Self);
        ref var said = ref (step & 1) == 0 ? ref own->EvenRequests : ref own->OddRequests;
        if (Volatile.Read(ref said) != (int)requests)
        {
            Volatile.Write(ref said, (int)requests);
        }

        Interlocked.Increment(ref *(long*)_group.At(_group.Layout.PartialCount(_peer, Self, chunk)));
        SharedSignal.Notify(_group.Control(_peer));
        Interlocked.Add(ref _sent, _shape.Shards.Chunk(Silo, chunk).Length * sizeof(float));
    }

    /// <summary>Never asked for: silos that share the parameters send nothing early.</summary>
    public void AllowParameters(long step) => throw new InvalidOperationException("Silos that share memory send no early gradients.");

    public unsafe void SendParameters(long step, int chunk, float* data)
    {
        var count = Interlocked.Increment(ref *(long*)_group.At(_group.Layout.ParameterCount(Self, _peer)));
        if (count == Steps(step) * _ownChunks)
        {
            SharedSignal.Notify(_group.Control(_peer));
        }
    }

    public unsafe float* Partial(int owner, int node, in Piece piece)
    {
        var lent = _group.Lent(_peer, node, piece.Slot);
        if (lent != null)
        {
            return lent + piece.SlotOffset;
        }

        // What another silo leaves of its own shard it lends: it has no inbox for itself.
        return owner != Silo
            ? (float*)_group.At(_group.Layout.Partial(_group.Member(owner), _peer, node)) + (piece.Start - _shape.Shards[owner].Start)
            : throw new InvalidDataException($"Another silo of this host leaves a part of parameter {piece.Slot} to be updated, and does not lend its gradient.");
    }

    /// <summary>Whether all of the other silo's partial sums for this silo's shard have come, which is of one chunk.</summary>
    public unsafe bool HasPartials(long step) => Volatile.Read(ref *(long*)_group.At(_group.Layout.PartialCount(Self, _peer, 0))) >= Steps(step) * _peerNodes;

    /// <summary>How many elements of its shard this silo leaves to others in the step it is about to come to; the other silo learns it with its partial sum.</summary>
    public unsafe void Leave(long elements)
    {
        ref var said = ref *(long*)_group.At(_group.Layout.Left(_peer, Self));
        if (Volatile.Read(ref said) != elements)
        {
            Volatile.Write(ref said, elements);
        }
    }

    /// <summary>How many elements of its shard the other silo leaves to others in this step. Known once its partial sum has come.</summary>
    public unsafe long LeftByPeer() => Volatile.Read(ref *(long*)_group.At(_group.Layout.Left(Self, _peer)));

    public unsafe bool TryLend(int node, int slot, float* gradient) => _group.TryLend(node, slot, gradient);

    public unsafe void WaitForPartials(long step, int chunk, TimeSpan timeout, Func<bool>? meanwhile)
    {
        Wait((long*)_group.At(_group.Layout.PartialCount(Self, _peer, chunk)), Steps(step) * _peerNodes, timeout, step, "no gradients", meanwhile);
        Interlocked.Add(ref _received, _shape.Shards.Chunk(_shape.Plan.Self, chunk).Length * _peerNodes * sizeof(float));
    }

    public unsafe void WaitForParameters(long step, TimeSpan timeout, Func<bool>? meanwhile) =>
        Wait((long*)_group.At(_group.Layout.ParameterCount(_peer, Self)), Steps(step) * _peerChunks, timeout, step, "no new parameters", meanwhile);

    public unsafe StepRequests Requests(long step)
    {
        var other = _group.Control(_peer);
        return (StepRequests)Volatile.Read(ref (step & 1) == 0 ? ref other->EvenRequests : ref other->OddRequests);
    }

    /// <summary>Nothing to do: the buffers of the group become one.</summary>
    public void SendBroadcast()
    {
    }

    /// <summary>Nothing to do: the buffers of the group become one.</summary>
    public void WaitForBroadcast(TimeSpan timeout)
    {
    }

    public void Close(Exception? reason) => _end.Close(_channel, reason);

    public unsafe byte* Locate(in FrameHeader header)
    {
        var longest = header.Kind switch
        {
            FrameKind.Segment when _peer == 0 && !_group.Ready.IsCompleted => HostGroup.LongestInvitation,
            FrameKind.Abort => PeerEnd.LongestReason,
            FrameKind.Leave => 0,
            FrameKind.Mapped when Self == 0 && !_group.Ready.IsCompleted => 0,
            _ => throw new FrameRefusedException($"a frame of kind {header.Kind}, which is not expected here"),
        };
        var shortest = header.Kind == FrameKind.Segment ? SharedSegment.TokenSize : 0;
        return header.Session == _channel.Session && header.Length >= shortest && header.Length <= longest
            ? (byte*)_payload.Pointer
            : throw new FrameRefusedException($"a frame of kind {header.Kind} with {header.Length} bytes for session {header.Session}");
    }

    public unsafe void Received(in FrameHeader header)
    {
        var payload = new ReadOnlySpan<byte>(_payload.Pointer, header.Length);
        switch (header.Kind)
        {
            case FrameKind.Segment:
                _group.Accept(_channel, payload);
                break;
            case FrameKind.Mapped:
                _group.Accepted();
                break;
            case FrameKind.Abort:
                _end.Aborted(header.Code, payload);
                break;
            case FrameKind.Leave:
                _end.Fail("has left the exchange");
                break;
        }
    }

    public void Lost(Exception error) => _end.Lost(error);

    public async ValueTask DisposeAsync()
    {
        await _channel.DisposeAsync();
        _payload.Dispose();
    }

    private long Steps(long step) => step - _shape.Plan.FirstStep + 1;

    private unsafe void Wait(long* counter, long target, TimeSpan timeout, long step, string what, Func<bool>? meanwhile)
    {
        if (_group.Signal.Wait(counter, target, timeout, meanwhile) == WaitResult.Reached)
        {
            return;
        }

        _group.Signal.ThrowIfFaulted();
        throw _end.Late(what, step, timeout);
    }
}
