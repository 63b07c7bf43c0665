using Orleans.Concurrency;
using OrleansTrain.Grains.Abstractions.Specs;
using OrleansTrain.Grains.Abstractions.Trainers;

namespace OrleansTrain.Grains.Abstractions.ParameterServer;

/// <summary>
/// One shard of a run's parameters in one attempt: it sums the gradients of its range in the order of the reduction tree and applies the
/// optimizer. Key: <c>{run}/{shard}/{attempt}|{silo}</c>; each silo of a run has one.
/// </summary>
/// <remarks>
/// The grain is the authority on the shard's life: it opens it, says what it has done, and fences it off. The steps themselves are taken by
/// the threads of the silo's ranks, and bytes from other silos come through shared memory or the tensor channel (docs/exchange.md): a call a
/// step would cost more than the step.
/// </remarks>
[Alias("OrleansTrain.IParameterServerGrain")]
public interface IParameterServerGrain : IGrainWithStringKey
{
    /// <summary>Opens the shard on its silo. Idempotent.</summary>
    /// <exception cref="RankFailedException">The plan cannot be carried out, for example shared memory between hosts that have none.</exception>
    [Alias("Open")]
    Task Open(ShardAssignment assignment);

    /// <summary>What the shard has done so far.</summary>
    [Alias("GetStatistics"), AlwaysInterleave]
    Task<ShardStatistics> GetStatistics();

    /// <summary>
    /// Refuses this attempt and older ones on this silo from now on: ranks that wait in a step are woken, late frames are dropped. Idempotent.
    /// </summary>
    [Alias("Fence"), AlwaysInterleave]
    Task Fence();
}

/// <summary>What a shard must know.</summary>
/// <param name="Shard">Index of the shard, and of its silo in <paramref name="Exchange"/>.</param>
/// <param name="FirstStep">Step of the first exchange: 0, or where the checkpoint stands.</param>
[GenerateSerializer, Alias("OrleansTrain.ShardAssignment"), Immutable]
public sealed record ShardAssignment(
    [property: Id(0)] string RunId,
    [property: Id(1)] int Attempt,
    [property: Id(2)] int Shard,
    [property: Id(3)] RunSpec Spec,
    [property: Id(4)] ExchangeAssignment Exchange,
    [property: Id(5)] IReadOnlyList<ParameterShape> Parameters,
    [property: Id(6)] long FirstStep);

/// <summary>Counters of a shard's silo since the attempt began. Bytes are those to and from other silos.</summary>
/// <param name="Length">Parameters in the shard.</param>
[GenerateSerializer, Alias("OrleansTrain.ShardStatistics"), Immutable]
public readonly record struct ShardStatistics(
    [property: Id(0)] long Steps,
    [property: Id(1)] long Length,
    [property: Id(2)] long BytesSent,
    [property: Id(3)] long BytesReceived,
    [property: Id(4)] double WaitingSeconds,
    [property: Id(5)] double UpdatingSeconds);
