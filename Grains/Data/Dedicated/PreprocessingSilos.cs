using System.IO.Hashing;
using System.Text;
using Orleans.Runtime.MembershipService.SiloMetadata;
using OrleansTrain.Data;
using OrleansTrain.Grains.Cluster;

namespace OrleansTrain.Grains.Data.Dedicated;

/// <summary>
/// The silos that host no ranks (started with <c>--slots 0</c>) and preprocess for those that do. Each block has its silo, by rendezvous hashing: one
/// that joins or leaves moves its own share of the blocks only. Thread-safe.
/// </summary>
internal sealed class PreprocessingSilos(IClusterMembershipService membership, ISiloMetadataCache? metadata)
{
    /// <summary>The silo of a block.</summary>
    /// <exception cref="DatasetException">There is no such silo.</exception>
    public SiloAddress Of(string block)
    {
        var best = membership.CurrentSnapshot.Members.Values
            .Where(member => member.Status == SiloStatus.Active && metadata is not null
                && SiloOffer.From(metadata.GetSiloMetadata(member.SiloAddress)) is { Slots: 0 })
            .Select(member => member.SiloAddress)
            .MaxBy(silo => XxHash3.HashToUInt64(Encoding.UTF8.GetBytes($"{block}|{silo.ToParsableString()}")));
        return best ?? throw new DatasetException(
            "preprocess is 'dedicated', but there is no silo that preprocesses: start one with 'orleanstrain silo --slots 0', or set preprocess to colocated.");
    }
}
