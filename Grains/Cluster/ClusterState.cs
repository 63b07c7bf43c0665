using OrleansTrain.Grains.Abstractions.Cluster;

namespace OrleansTrain.Grains.Cluster;

/// <summary>Who holds which slots.</summary>
[GenerateSerializer, Alias("OrleansTrain.ClusterState")]
internal sealed class ClusterState
{
    /// <summary>Slots of each run, in rank order.</summary>
    [Id(0)] public Dictionary<string, List<RankSlot>> Reservations { get; set; } = [];
}
