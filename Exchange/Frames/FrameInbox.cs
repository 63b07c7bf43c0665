using OrleansTrain.Exchange.Sessions;
using OrleansTrain.Exchange.Synchronization;
using OrleansTrain.Training.Numerics;

namespace OrleansTrain.Exchange.Frames;

/// <summary>
/// What one other silo sends: partial sums for this silo's shard, and its own shard after the update. Each frame has one place and one time;
/// anything else ends the connection. One thread receives, the ranks' threads wait.
/// </summary>
internal sealed unsafe class FrameInbox : IFrameSink, IDisposable
{
    private readonly SessionShape _shape;
    private readonly int _self;
    private readonly int _nodes;
    private readonly ParameterBuffer _parameters;
    private readonly IFrameChannel _channel;
    private readonly PeerEnd _end;
    private readonly Signal _signal;
    private readonly bool _waitForPermission;
    private readonly NativeFloats _partials;
    private readonly NativeFloats _reason = new(PeerEnd.LongestReason / sizeof(float));
    private readonly StepRequests[] _requests = new StepRequests[2];

    /// <summary>Where a partial sum in bfloat16 arrives before it is widened; null when sums come as they are.</summary>
    private readonly NativeFloats? _rounded;

    /// <summary>By chunk of the own shard: the step whose partial sums may come, and how many have come in all.</summary>
    private readonly long[] _partialStep;
    private readonly long[] _partialCount;

    /// <summary>By node and chunk: the last step a partial sum has come for.</summary>
    private readonly long[] _lastPartial;

    /// <summary>By chunk of the other's shard: the step whose parameters may come, and the last one they have come for.</summary>
    private readonly long[] _parameterStep;
    private readonly long[] _lastParameters;
    private long _parameterCount;
    private long _broadcastCount;

    /// <param name="waitForPermission">
    /// Whether parameters may come before they are allowed, and then wait, with all that comes behind them on the connection.
    /// </param>
    public FrameInbox(
        SessionShape shape, int silo, ParameterBuffer parameters, IFrameChannel channel, PeerEnd end, Signal signal, bool waitForPermission = false)
    {
        _waitForPermission = waitForPermission;
        _shape = shape;
        _self = shape.Plan.Self;
        _parameters = parameters;
        _channel = channel;
        _end = end;
        _signal = signal;
        _nodes = shape.Covers[silo].Count;
        _partials = new NativeFloats(shape.OwnShard.Length * _nodes);
        _rounded = shape.Plan.GradientWire == GradientWireType.BFloat16 ? new NativeFloats((shape.Shards.ChunkLength + 1) / 2) : null;
        var first = shape.Plan.FirstStep;
        var (own, other) = (shape.Shards.Chunks(_self), shape.Shards.Chunks(silo));
        _partialCount = new long[own];
        (_partialStep, _lastPartial) = (Filled(own, first), Filled(own * _nodes, first - 1));
        (_parameterStep, _lastParameters) = (Filled(other, first - 1), Filled(other, first - 1));
    }

    /// <summary>The whole parameter buffer.</summary>
    public float* Parameters => _parameters.Pointer;

    private long FirstStep => _shape.Plan.FirstStep;

    public float* Partials(int node) => _partials.Pointer + (node * _shape.OwnShard.Length);

    /// <summary>Even and odd steps apart: the other silo may be one step ahead.</summary>
    public StepRequests Requests(long step) => _requests[step & 1];

    /// <summary>From now on, the partial sums of this step for this chunk may overwrite those of the step before.</summary>
    public void AllowPartials(long step, int chunk) => Volatile.Write(ref _partialStep[chunk], step);

    /// <summary>From now on, the other silo may have what it needs to send this chunk, and no rank here reads the parameters.</summary>
    public void AllowParameters(long step, int chunk) => Volatile.Write(ref _parameterStep[chunk], step);

    /// <summary>From now on, the other silo may send all of its shard, and no rank here reads the parameters.</summary>
    public void AllowParameters(long step)
    {
        for (var chunk = 0; chunk < _parameterStep.Length; chunk++)
        {
            AllowParameters(step, chunk);
        }

        _signal.Notify();
    }

    public void WaitForPartials(long step, int chunk, TimeSpan timeout, Func<bool>? meanwhile = null) =>
        Wait(ref _partialCount[chunk], (step - FirstStep + 1) * _nodes, timeout, step, "no gradients", meanwhile);

    public void WaitForParameters(long step, TimeSpan timeout, Func<bool>? meanwhile = null) =>
        Wait(ref _parameterCount, (step - FirstStep + 1) * _lastParameters.Length, timeout, step, "no new parameters", meanwhile);

    /// <summary>A large model may take longer than a step: the time-out is for the next chunk of it.</summary>
    public void WaitForBroadcast(TimeSpan timeout)
    {
        var all = Enumerable.Range(0, _shape.Shards.Count).Sum(_shape.Shards.Chunks);
        for (long count; (count = Volatile.Read(ref _broadcastCount)) < all;)
        {
            Wait(ref _broadcastCount, count + 1, timeout, FirstStep, "not all initial parameters");
        }
    }

    public byte* Locate(in FrameHeader header)
    {
        if (header.Session != _channel.Session)
        {
            throw new FrameRefusedException("a frame of another session");
        }

        return header.Kind switch
        {
            FrameKind.Partial => LocatePartial(header),
            FrameKind.Parameters => LocateParameters(header),
            FrameKind.Broadcast => LocateBroadcast(header),
            FrameKind.Abort when header.Length <= PeerEnd.LongestReason => (byte*)_reason.Pointer,
            FrameKind.Leave when header.Length == 0 => (byte*)_reason.Pointer,
            _ => throw new FrameRefusedException($"a frame of kind {header.Kind} with {header.Length} bytes"),
        };
    }

    public void Received(in FrameHeader header)
    {
        switch (header.Kind)
        {
            case FrameKind.Partial:
                if (_rounded is not null)
                {
                    BFloat16Wire.Widen((ushort*)_rounded.Pointer, PartialTarget(header), _shape.Shards.Chunk(_self, header.Chunk).Length);
                }

                _requests[header.Step & 1] = (StepRequests)header.Code;
                Interlocked.Increment(ref _partialCount[header.Chunk]);
                break;
            case FrameKind.Parameters:
                Interlocked.Increment(ref _parameterCount);
                break;
            case FrameKind.Broadcast:
                Interlocked.Increment(ref _broadcastCount);
                break;
            case FrameKind.Abort:
                _end.Aborted(header.Code, new ReadOnlySpan<byte>(_reason.Pointer, header.Length));
                return;
            case FrameKind.Leave:
                _end.Fail("has left the exchange");
                return;
        }

        _signal.Notify();
    }

    public void Lost(Exception error) => _end.Lost(error);

    public void Dispose()
    {
        _partials.Dispose();
        _rounded?.Dispose();
        _reason.Dispose();
    }

    private static long[] Filled(int count, long value)
    {
        var array = new long[count];
        Array.Fill(array, value);
        return array;
    }

    private byte* LocatePartial(in FrameHeader header)
    {
        if (header.Shard != _self || (uint)header.Chunk >= (uint)_partialStep.Length || header.Node >= _nodes)
        {
            throw new FrameRefusedException($"a partial sum {header.Node} for chunk {header.Chunk} of shard {header.Shard}, which is not expected here");
        }

        ref var last = ref _lastPartial[(header.Node * _partialStep.Length) + header.Chunk];
        CheckStep(header, Volatile.Read(ref _partialStep[header.Chunk]), last);
        var range = _shape.Shards.Chunk(_self, header.Chunk);
        CheckLength(header, range.Length, _rounded is null ? sizeof(float) : BFloat16Wire.Size);
        last = header.Step;
        return _rounded is null ? (byte*)PartialTarget(header) : (byte*)_rounded.Pointer;
    }

    private float* PartialTarget(in FrameHeader header) =>
        Partials(header.Node) + (_shape.Shards.Chunk(_self, header.Chunk).Start - _shape.OwnShard.Start);

    private byte* LocateParameters(in FrameHeader header)
    {
        if (header.Shard != _end.Silo || (uint)header.Chunk >= (uint)_lastParameters.Length)
        {
            throw new FrameRefusedException($"parameters for chunk {header.Chunk} of shard {header.Shard}, which is not its own");
        }

        ref var last = ref _lastParameters[header.Chunk];
        if (_waitForPermission && header.Step == last + 1)
        {
            // However it ends: what is not allowed then is refused below.
            _signal.Wait(ref _parameterStep[header.Chunk], header.Step, _shape.Plan.StepTimeout);
        }

        CheckStep(header, Volatile.Read(ref _parameterStep[header.Chunk]), last);
        var range = _shape.Shards.Chunk(header.Shard, header.Chunk);
        CheckLength(header, range.Length);
        last = header.Step;
        return (byte*)(Parameters + range.Start);
    }

    private byte* LocateBroadcast(in FrameHeader header)
    {
        var fromRankZero = _shape.Plan.Silos[_end.Silo].Ranks.Contains(0);
        if (!fromRankZero || Volatile.Read(ref _parameterCount) > 0 || header.Step != FirstStep
            || (uint)header.Shard >= (uint)_shape.Shards.Count || (uint)header.Chunk >= (uint)_shape.Shards.Chunks(header.Shard))
        {
            throw new FrameRefusedException($"initial parameters (chunk {header.Chunk} of shard {header.Shard}) that are not expected");
        }

        var range = _shape.Shards.Chunk(header.Shard, header.Chunk);
        CheckLength(header, range.Length);
        return (byte*)(Parameters + range.Start);
    }

    private static void CheckStep(in FrameHeader header, long allowed, long last)
    {
        if (header.Step != allowed || header.Step != last + 1)
        {
            throw new FrameRefusedException($"{header.Kind} of step {header.Step} for chunk {header.Chunk}: expected step {allowed}, and had step {last}");
        }
    }

    private static void CheckLength(in FrameHeader header, long elements, int size = sizeof(float))
    {
        if (header.Length != elements * size)
        {
            throw new FrameRefusedException($"{header.Length} bytes for chunk {header.Chunk}: expected {elements * size}");
        }
    }

    private void Wait(ref long counter, long target, TimeSpan timeout, long step, string what, Func<bool>? meanwhile = null)
    {
        if (_signal.Wait(ref counter, target, timeout, meanwhile) == WaitResult.Reached)
        {
            return;
        }

        _signal.ThrowIfFaulted();
        throw _end.Late(what, step, timeout);
    }
}
