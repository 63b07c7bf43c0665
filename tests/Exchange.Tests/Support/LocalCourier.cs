using System.Collections.Concurrent;
using OrleansTrain.Exchange.Hub;
using OrleansTrain.Exchange.Messages;

namespace OrleansTrain.Exchange.Tests.Support;

/// <summary>Brings frames to other hubs of this process as Orleans would: a copy of the bytes, on a pool thread, in no order.</summary>
internal sealed class LocalCourier : IFrameCourier
{
    private readonly ConcurrentDictionary<string, ExchangeHub> _hubs = new(StringComparer.Ordinal);
    private int _underWay;
    private int _most;

    /// <summary>Messages that were under way at one time at most.</summary>
    public int MostUnderWay => _most;

    /// <summary>Called with each message before it is delivered.</summary>
    public Action<FrameRoute, FrameMessage>? OnTheWay { get; set; }

    public void Add(string silo, ExchangeHub hub) => _hubs[silo] = hub;

    public Task Greet(FrameRoute route, byte[] digest) => Task.Run(() => Hub(route).Greet(route.RunId, route.Attempt, route.From, route.To, digest));

    public async Task Deliver(FrameRoute route, FrameMessage message)
    {
        var now = Interlocked.Increment(ref _underWay);
        InterlockedMax(ref _most, now);
        await Task.Run(async () =>
        {
            OnTheWay?.Invoke(route, message);
            var arrived = FrameMessage.Rent(message.Length);
            message.Bytes.CopyTo(arrived.Bytes);
            await Hub(route).Receive(route.RunId, route.Attempt, route.From, route.To, arrived);
        });
        Interlocked.Decrement(ref _underWay);
    }

    private ExchangeHub Hub(FrameRoute route) => _hubs[route.Silo];

    private static void InterlockedMax(ref int target, int value)
    {
        for (var seen = Volatile.Read(ref target); seen < value; seen = Volatile.Read(ref target))
        {
            Interlocked.CompareExchange(ref target, value, seen);
        }
    }
}
