using OrleansTrain.Exchange.Layout;
using OrleansTrain.Exchange.Links;
using OrleansTrain.Exchange.Sessions;
using OrleansTrain.Exchange.Synchronization;

namespace OrleansTrain.Exchange.Frames;

/// <summary>A link that sends everything as frames; what arrives goes straight to its place in memory.</summary>
internal sealed class FrameLink : IPeerLink
{
    private readonly SessionShape _shape;
    private readonly IFrameChannel _channel;
    private readonly FrameInbox _inbox;
    private readonly PeerEnd _end;
    private readonly int _self;
    private readonly int _lastNode;
    private readonly ScratchPool? _rounded;
    private readonly bool _early;

    /// <param name="early">Whether partial sums are sent while backward passes run.</param>
    public FrameLink(SessionShape shape, int silo, ParameterBuffer parameters, IFrameChannel channel, SessionFault fault, SpinPolicy spin, bool early)
    {
        _early = early;
        _shape = shape;
        _channel = channel;
        _self = shape.Plan.Self;
        _lastNode = shape.Covers[_self].Count - 1;
        _end = new PeerEnd(shape.Plan, silo, fault);
        _rounded = shape.Plan.GradientWire == GradientWireType.BFloat16 ? new ScratchPool((shape.Shards.ChunkLength + 1) / 2) : null;
        _inbox = new FrameInbox(shape, silo, parameters, channel, _end, new Signal(fault, spin), waitForPermission: early);
    }

    public int Silo => _end.Silo;

    public (long Sent, long Received) Bytes => _channel.Bytes;

    public Task Connect(CancellationToken cancellationToken) => _channel.Open(_inbox, cancellationToken);

    public unsafe float* PartialTarget(int node, int chunk) => null;

    public unsafe void SendPartial(long step, int node, int chunk, StepRequests requests, float* data)
    {
        if (node == _lastNode && !_early)
        {
            // Before it is sent: the other silo may answer with the new parameters before this thread goes on.
            _inbox.AllowParameters(step, chunk);
        }

        var range = _shape.Shards.Chunk(Silo, chunk);
        if (_rounded is null)
        {
            Send(FrameKind.Partial, (byte)requests, (ushort)node, step, Silo, chunk, range, data);
            return;
        }

        var rounded = _rounded.Rent();
        try
        {
            BFloat16Wire.Narrow(data, (ushort*)rounded.Pointer, range.Length);
            var header = new FrameHeader(
                FrameKind.Partial, (byte)requests, (ushort)node, _channel.Session, step, Silo, chunk, (int)range.Length * BFloat16Wire.Size);
            _channel.Send(header, (byte*)rounded.Pointer);
        }
        finally
        {
            _rounded.Return(rounded);
        }
    }

    public void AllowParameters(long step) => _inbox.AllowParameters(step);

    public unsafe void SendParameters(long step, int chunk, float* data)
    {
        _inbox.AllowPartials(step + 1, chunk);
        Send(FrameKind.Parameters, 0, 0, step, _self, chunk, _shape.Shards.Chunk(_self, chunk), data);
    }

    public unsafe float* Partial(int owner, int node, in Piece piece) => _inbox.Partials(node) + (piece.Start - _shape.OwnShard.Start);

    /// <summary>Nothing is read where it is: what is sent is copied.</summary>
    public unsafe bool TryLend(int node, int slot, float* gradient) => false;

    public void WaitForPartials(long step, int chunk, TimeSpan timeout, Func<bool>? meanwhile) =>
        _inbox.WaitForPartials(step, chunk, timeout, meanwhile);

    public void WaitForParameters(long step, TimeSpan timeout, Func<bool>? meanwhile) => _inbox.WaitForParameters(step, timeout, meanwhile);

    public StepRequests Requests(long step) => _inbox.Requests(step);

    public unsafe void SendBroadcast()
    {
        for (var shard = 0; shard < _shape.Shards.Count; shard++)
        {
            for (var chunk = 0; chunk < _shape.Shards.Chunks(shard); chunk++)
            {
                var range = _shape.Shards.Chunk(shard, chunk);
                Send(FrameKind.Broadcast, 0, 0, _shape.Plan.FirstStep, shard, chunk, range, _inbox.Parameters + range.Start);
            }
        }
    }

    public void WaitForBroadcast(TimeSpan timeout) => _inbox.WaitForBroadcast(timeout);

    public void Close(Exception? reason) => _end.Close(_channel, reason);

    public async ValueTask DisposeAsync()
    {
        await _channel.DisposeAsync();
        _inbox.Dispose();
        _rounded?.Dispose();
    }

    private unsafe void Send(FrameKind kind, byte code, ushort node, long step, int shard, int chunk, FlatRange range, float* data) =>
        _channel.Send(
            new FrameHeader(kind, code, node, _channel.Session, step, shard, chunk, (int)range.Length * sizeof(float)), (byte*)data);
}
