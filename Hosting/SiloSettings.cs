using System.Net;
using OrleansTrain.Hosting.Access;
using OrleansTrain.Storage;
using OrleansTrain.Tracking;

namespace OrleansTrain.Hosting;

/// <summary>What one silo is told when it starts. The same for a silo process and for one embedded in the client.</summary>
public sealed record SiloSettings
{
    /// <summary>What <see cref="ClusterId"/> is unless it is set.</summary>
    public const string DefaultClusterId = "default";

    /// <summary>What <see cref="ServiceId"/> is unless it is set.</summary>
    public const string DefaultServiceId = "orleanstrain";

    /// <summary>Keeps several clusters on one Redis apart.</summary>
    public string ClusterId { get; init; } = DefaultClusterId;

    /// <summary>Keeps the state of several installations on one Redis apart.</summary>
    public string ServiceId { get; init; } = DefaultServiceId;

    /// <summary>Name shown in <c>cluster</c>; by default host name and port.</summary>
    public string? Name { get; init; }

    /// <summary>The address that other silos and clients reach this silo by.</summary>
    public IPAddress AdvertisedAddress { get; init; } = IPAddress.Loopback;

    /// <summary>Listen on every address instead of the advertised one only.</summary>
    public bool ListenOnAnyAddress { get; init; }

    /// <summary>Silo-to-silo port.</summary>
    public int SiloPort { get; init; } = 11111;

    /// <summary>Client-to-silo port.</summary>
    public int GatewayPort { get; init; } = 30000;

    /// <summary>Port of the tensor channel; 0: any free one.</summary>
    public int TensorPort { get; init; }

    /// <summary>Ranks this silo hosts at once.</summary>
    public int Slots { get; init; } = Environment.ProcessorCount;

    /// <summary><c>cuda</c> when each slot is a GPU, else <c>cpu</c>.</summary>
    public string Devices { get; init; } = "cpu";

    /// <summary>Bytes that loaded dataset blocks may take which nobody is reading; null: an eighth of the memory this process may use.</summary>
    public long? DatasetMemory { get; init; }

    /// <summary>Who is let in.</summary>
    public ClusterAccess Access { get; init; } = ClusterAccess.Open;

    /// <summary>Redis connection string; null: an embedded silo that keeps its state in <see cref="StateFolder"/>.</summary>
    public string? Redis { get; init; }

    /// <summary>Folder of the embedded silo's state.</summary>
    public string? StateFolder { get; init; }

    /// <summary>First silo of an embedded cluster, which the others join; null: this one.</summary>
    public IPEndPoint? PrimarySilo { get; init; }

    /// <summary>Where objects are.</summary>
    public required ObjectStoreOptions ObjectStores { get; init; }

    /// <summary>Where runs are tracked.</summary>
    public required MlflowClientOptions Tracking { get; init; }
}
