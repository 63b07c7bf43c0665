using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace OrleansTrain.Grains.Placement;

/// <summary>
/// What pinned grains of this silo hold that must outlive an activation. Orleans ends activations on healthy silos when the silo that had their
/// directory entry leaves (dotnet/orleans#9074); the next activation of a pinned grain is on this silo again, and goes on with what it finds here.
/// Thread-safe.
/// </summary>
internal sealed class PinnedObjects<T>
    where T : class
{
    private readonly ConcurrentDictionary<GrainId, T> _kept = new();

    /// <summary>Whether an activation that ends for this reason leaves what it holds to the next one.</summary>
    /// <remarks>
    /// Whatever Orleans has against the activation (its directory entry is lost, it is a duplicate, it was slow to answer), the object is well:
    /// only its silo or the grain itself ends it.
    /// </remarks>
    public static bool Outlives(DeactivationReason reason) =>
        reason.ReasonCode is not (DeactivationReasonCode.ShuttingDown or DeactivationReasonCode.ApplicationRequested);

    /// <summary>What an activation before this one has left.</summary>
    public bool TryFind(GrainId grain, [NotNullWhen(true)] out T? kept) => _kept.TryGetValue(grain, out kept);

    /// <summary>From now on, every activation of the grain finds it.</summary>
    public void Keep(GrainId grain, T kept) => _kept[grain] = kept;

    /// <summary>The grain has done with it.</summary>
    public void Forget(GrainId grain) => _kept.TryRemove(grain, out _);
}
