using Orleans.Concurrency;
using OrleansTrain.Exchange.Messages;

namespace OrleansTrain.Grains.ParameterServer;

/// <summary>
/// The side of a shard that other silos send frames to when the exchange goes over Orleans' messages. Same grain and key as
/// <see cref="Abstractions.ParameterServer.IParameterServerGrain"/>.
/// </summary>
[Alias("OrleansTrain.IShardFrames")]
internal interface IShardFrames : IGrainWithStringKey
{
    /// <summary>Asks whether this silo has opened the session with the same plan.</summary>
    [Alias("Greet"), AlwaysInterleave, ResponseTimeout("00:01:00")]
    Task Greet(string runId, int attempt, int from, int to, byte[] digest);

    /// <summary>Takes a frame in; returns when it is in its place.</summary>
    [Alias("Deliver"), AlwaysInterleave, ResponseTimeout("00:01:00")]
    Task Deliver(string runId, int attempt, int from, int to, [Immutable] FrameMessage message);
}
