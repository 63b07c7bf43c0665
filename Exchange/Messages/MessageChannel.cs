using System.Security.Cryptography;
using System.Text;
using OrleansTrain.Exchange.Frames;
using OrleansTrain.Exchange.Hub;
using OrleansTrain.Exchange.Synchronization;

namespace OrleansTrain.Exchange.Messages;

/// <summary>
/// Frames as messages. A sender copies its frame to native memory and goes on; so many are under way at a time that the other end never
/// starves, and no more. Frames may arrive in any order: each has its own place and time (<see cref="FrameInbox"/>), only the last one is
/// sent when all before it have arrived.
/// </summary>
internal sealed class MessageChannel : IFrameChannel
{
    /// <summary>Frames under way at most: 16 MB of the largest chunks.</summary>
    private const int MostUnderWay = 64;

    /// <summary>How long the end of a session waits for its last frames.</summary>
    private static readonly TimeSpan LongestGoodbye = TimeSpan.FromSeconds(2);

    private readonly IFrameCourier _courier;
    private readonly MessageDesk _desk;
    private readonly ExchangeHubOptions _options;
    private readonly byte[] _digest;
    private readonly PeerEnd _end;
    private readonly FrameRoute _route;
    private readonly SemaphoreSlim _room = new(MostUnderWay);
    private readonly CancellationTokenSource _closing = new();
    private readonly TaskCompletionSource<IFrameSink> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _receiving = new();
    private Task _goodbye = Task.CompletedTask;
    private Exception? _failure;
    private long _sent;
    private long _received;
    private int _isClosing;
    private bool _isClosed;

    public MessageChannel(ExchangePlan plan, int peer, byte[] digest, IFrameCourier courier, MessageDesk desk, ExchangeHubOptions options)
    {
        (Plan, Peer, _digest, _courier, _desk, _options) = (plan, peer, digest, courier, desk, options);
        _end = new PeerEnd(plan, peer, new SessionFault());
        _route = new FrameRoute(plan.RunId, plan.Attempt, plan.Self, peer, plan.Silos[peer].Endpoint.Silo);
        Session = SessionNumber(plan, peer);
        // Nobody may look at it when the session ends before it was opened.
        _ = _opened.Task.Exception;
    }

    public ExchangePlan Plan { get; }

    /// <summary>Index of the other silo.</summary>
    public int Peer { get; }

    public ulong Session { get; }

    public (long Sent, long Received) Bytes => (Volatile.Read(ref _sent), Volatile.Read(ref _received));

    public async Task Open(IFrameSink sink, CancellationToken cancellationToken)
    {
        _opened.TrySetResult(sink);
        try
        {
            await _courier.Greet(_route, _digest).WaitAsync(_options.ConnectTimeout, cancellationToken);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            throw _end.Lost(error is TimeoutException ? $"did not answer within {_options.ConnectTimeout.TotalSeconds:0.###} s" : $"cannot be reached by messages: {error.Message.TrimEnd('.')}", error);
        }
    }

    /// <summary>The other silo asks whether both have the same plan.</summary>
    /// <exception cref="ArgumentException">They have not.</exception>
    public void Greet(ReadOnlySpan<byte> digest)
    {
        if (!CryptographicOperations.FixedTimeEquals(digest, _digest))
        {
            throw new ArgumentException("The other silo has opened this attempt with another plan (model, optimizer, placement or first step): all silos must be given the same one.");
        }
    }

    /// <summary>Takes a message in; returns when it is in its place. The message is returned to its pool.</summary>
    public async Task Receive(FrameMessage message)
    {
        // The other silo may have been connected first.
        var sink = await _opened.Task.WaitAsync(_options.ConnectTimeout);
        lock (_receiving)
        {
            if (!_isClosed)
            {
                TakeIn(sink, message);
            }
        }

        message.Return();
    }

    public unsafe void Send(in FrameHeader header, byte* payload)
    {
        try
        {
            if (!_room.Wait(Plan.StepTimeout, _closing.Token))
            {
                throw _end.Lost($"took nothing in for {Plan.StepTimeout.TotalSeconds:0.###} s");
            }
        }
        catch (OperationCanceledException)
        {
            throw Volatile.Read(ref _failure) is { } failure ? _end.Lost($"cannot be sent to: {failure.Message.TrimEnd('.')}", failure) : _end.Lost("is not connected");
        }

        Interlocked.Add(ref _sent, FrameHeader.Size + header.Length);
        _ = Deliver(FrameMessage.Create(header, payload));
    }

    public unsafe void Close(in FrameHeader last, byte* payload)
    {
        // No lock: the end of a session may come out of the receiving of another channel.
        if (Interlocked.Exchange(ref _isClosing, 1) != 0)
        {
            return;
        }

        _closing.Cancel();
        _opened.TrySetException(_end.Lost("is not waited for any more"));
        _goodbye = SayGoodbye(FrameMessage.Create(last, payload), waitForOthers: last.Kind == FrameKind.Leave);
    }

    public async ValueTask DisposeAsync()
    {
        _desk.Remove(this);
        await _goodbye;
        lock (_receiving)
        {
            _isClosed = true;
        }
    }

    /// <summary>A number for the pair of silos that only who knows the attempt's secret can tell.</summary>
    private static ulong SessionNumber(ExchangePlan plan, int peer)
    {
        var (low, high) = (Math.Min(plan.Self, peer), Math.Max(plan.Self, peer));
        return BitConverter.ToUInt64(HMACSHA256.HashData(plan.Secret.Span, Encoding.UTF8.GetBytes($"messages {plan.RunId} {plan.Attempt} {low} {high}")));
    }

    private unsafe void TakeIn(IFrameSink sink, FrameMessage message)
    {
        try
        {
            var header = message.Header;
            if (message.Length != FrameHeader.Size + header.Length)
            {
                throw new FrameRefusedException($"a message of {message.Length} bytes for a frame of {header.Length}");
            }

            Buffer.MemoryCopy(message.Payload, sink.Locate(header), header.Length, header.Length);
            Volatile.Write(ref _received, _received + message.Length);
            sink.Received(header);
        }
        catch (FrameRefusedException error)
        {
            sink.Lost(error);
        }
    }

    private async Task Deliver(FrameMessage message)
    {
        try
        {
            await _courier.Deliver(_route, message).ConfigureAwait(false);
            message.Return();
            _room.Release();
        }
#pragma warning disable CA1031 // Whatever keeps a message from arriving means the same: the other silo cannot be reached.
        catch (Exception error)
#pragma warning restore CA1031
        {
            // The message is not returned: it may still be on its way out.
            Fail(error);
        }
    }

    private void Fail(Exception error)
    {
        if (Interlocked.CompareExchange(ref _failure, error, null) is not null || _closing.IsCancellationRequested)
        {
            return;
        }

        if (_opened.Task.IsCompletedSuccessfully)
        {
            _opened.Task.Result.Lost(error);
        }
    }

    private async Task SayGoodbye(FrameMessage last, bool waitForOthers)
    {
        using var limit = new CancellationTokenSource(LongestGoodbye);
        try
        {
            for (var i = 0; waitForOthers && i < MostUnderWay; i++)
            {
                await _room.WaitAsync(limit.Token).ConfigureAwait(false);
            }

            await _courier.Deliver(_route, last).WaitAsync(limit.Token).ConfigureAwait(false);
            last.Return();
        }
#pragma warning disable CA1031 // The other end is gone already: there is nobody left to tell.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }
}
