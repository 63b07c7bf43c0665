using Orleans.Placement;

namespace OrleansTrain.Grains.Placement;

/// <summary>Places a grain on the silo that its key names; see <see cref="PinnedKey"/>.</summary>
[GenerateSerializer, Alias("OrleansTrain.PinnedPlacement"), Immutable]
public sealed class PinnedPlacement : PlacementStrategy;

/// <summary>
/// The grain lives on the silo its key names and nowhere else: rank slots, shards and cached blocks are bound to a device or to memory
/// of one silo, so neither Orleans' balancing nor a later caller may choose another.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class PinnedPlacementAttribute() : PlacementAttribute(new PinnedPlacement());
