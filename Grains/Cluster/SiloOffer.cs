using System.Globalization;
using Orleans.Runtime.MembershipService.SiloMetadata;

namespace OrleansTrain.Grains.Cluster;

/// <summary>What a silo offers to runs. It travels as silo metadata, so every silo knows it of every other without asking.</summary>
/// <param name="Slots">Ranks the silo can host at once.</param>
/// <param name="Devices"><c>cuda</c> when each slot is a GPU, else <c>cpu</c>.</param>
/// <param name="Version">Build of the software; ranks of one run must share it.</param>
public sealed record SiloOffer(int Slots, string Devices, string Version)
{
    private const string SlotsKey = "orleanstrain.slots";
    private const string DevicesKey = "orleanstrain.devices";
    private const string VersionKey = "orleanstrain.version";

    /// <summary>The version of this build.</summary>
    public static string ThisVersion { get; } =
        typeof(SiloOffer).Assembly.GetName().Version!.ToString(3);

    /// <summary>As silo metadata.</summary>
    public Dictionary<string, string> ToMetadata() => new()
    {
        [SlotsKey] = Slots.ToString(CultureInfo.InvariantCulture),
        [DevicesKey] = Devices,
        [VersionKey] = Version,
    };

    /// <summary>Reads what a silo offers; null when it offers no slots or has not told yet.</summary>
    public static SiloOffer? From(SiloMetadata metadata) =>
        metadata.Metadata.TryGetValue(SlotsKey, out var slots) && int.TryParse(slots, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? new SiloOffer(count, metadata.Metadata[DevicesKey], metadata.Metadata[VersionKey])
            : null;
}
