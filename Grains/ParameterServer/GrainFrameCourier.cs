using OrleansTrain.Exchange.Messages;
using OrleansTrain.Grains.Placement;

namespace OrleansTrain.Grains.ParameterServer;

/// <summary>Brings frames to the shard grain of the other silo. Called by the ranks' threads: the silo's own client carries the messages.</summary>
internal sealed class GrainFrameCourier(IGrainFactory grains) : IFrameCourier
{
    public Task Greet(FrameRoute route, byte[] digest) => Shard(route).Greet(route.RunId, route.Attempt, route.From, route.To, digest);

    public Task Deliver(FrameRoute route, FrameMessage message) =>
        Shard(route).Deliver(route.RunId, route.Attempt, route.From, route.To, message);

    private IShardFrames Shard(FrameRoute route) => grains.GetGrain<IShardFrames>(
        PinnedKey.Create($"{route.RunId}/{route.To}/{route.Attempt}", SiloAddress.FromParsableString(route.Silo)));
}
