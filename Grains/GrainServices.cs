using System.Net;
using OrleansTrain.Storage;
using OrleansTrain.Tracking;

namespace OrleansTrain.Grains;

/// <summary>What the grains of a silo work with.</summary>
public sealed record GrainServices
{
    /// <summary>Where objects are.</summary>
    public required ObjectStoreOptions ObjectStores { get; init; }

    /// <summary>Where runs are tracked.</summary>
    public required MlflowClientOptions Tracking { get; init; }

    /// <summary>The address that other silos reach the tensor channel by.</summary>
    public IPAddress AdvertisedAddress { get; init; } = IPAddress.Loopback;

    /// <summary>Listen on every address instead of the advertised one only.</summary>
    public bool ListenOnAnyAddress { get; init; }

    /// <summary>Port of the tensor channel; 0: any free one.</summary>
    public int TensorPort { get; init; }

    /// <summary>What <see cref="Data.DatasetOptions.CacheBytes"/> is; null for its default.</summary>
    public long? DatasetMemory { get; init; }
}
