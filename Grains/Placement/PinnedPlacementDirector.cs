using Orleans.Runtime.Placement;

namespace OrleansTrain.Grains.Placement;

/// <summary>Answers with the silo of the key, or with an error when that silo is no longer active.</summary>
internal sealed class PinnedPlacementDirector : IPlacementDirector
{
    /// <summary>What the error says when the silo has left the cluster.</summary>
    public const string NotActive = "which is not active";

    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var (name, silo) = PinnedKey.Parse(target.GrainIdentity.Key.ToString()!);
        return context.GetCompatibleSilos(target).Contains(silo)
            ? Task.FromResult(silo)
            : throw new SiloUnavailableException($"{name} belongs to silo {silo}, {NotActive}.");
    }
}
