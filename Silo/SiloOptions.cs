using System.Net;
using OrleansTrain.Hosting.Access;

namespace OrleansTrain.Silo;

/// <summary>What the command line and the environment say. Flags win over variables.</summary>
internal sealed record SiloOptions
{
    public required string Redis { get; init; }

    public required string ClusterId { get; init; }

    public required string ServiceId { get; init; }

    public string? Name { get; init; }

    public required IPAddress AdvertisedAddress { get; init; }

    public required bool ListenOnAnyAddress { get; init; }

    public required int SiloPort { get; init; }

    public required int GatewayPort { get; init; }

    public required int TensorPort { get; init; }

    public required int HttpPort { get; init; }

    public required IPAddress HttpAddress { get; init; }

    /// <summary>Asked of everything but health when HTTP is not on loopback; null when it is.</summary>
    public string? HttpToken { get; init; }

    /// <summary>Who is let in.</summary>
    public required ClusterAccess Access { get; init; }

    public required int Slots { get; init; }

    public required string Devices { get; init; }

    /// <summary>Bytes for loaded dataset blocks; null: an eighth of the memory.</summary>
    public long? DatasetMemory { get; init; }

    public required bool Verbose { get; init; }
}
