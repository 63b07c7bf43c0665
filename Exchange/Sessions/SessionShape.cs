using OrleansTrain.Exchange.Layout;
using OrleansTrain.Exchange.Reduction;

namespace OrleansTrain.Exchange.Sessions;

/// <summary>
/// What follows from a plan: the reduction tree, the nodes each silo contributes, the shards and chunks. The same on all silos. Immutable.
/// </summary>
internal sealed class SessionShape
{
    /// <summary>Chunks of 256 KB: long enough for a socket, short enough to stay in the second-level cache and to overlap.</summary>
    private const int LargestChunk = 64 * 1024;

    private const int SmallestChunk = 4 * 1024;

    public SessionShape(ExchangePlan plan)
    {
        Plan = plan;
        Tree = new ReductionTree(plan.WorldSize);
        Covers = [.. plan.Silos.Select(silo => Tree.Cover(silo.Ranks))];
        Shards = new ShardMap(plan.Layout.Length, plan.Silos.Count, ChunkLength(plan));
        Pieces = new PieceMap(plan.Layout);
    }

    public ExchangePlan Plan { get; }

    public ReductionTree Tree { get; }

    /// <summary>The nodes each silo adds up by itself.</summary>
    public IReadOnlyList<IReadOnlyList<TreeNode>> Covers { get; }

    public ShardMap Shards { get; }

    public PieceMap Pieces { get; }

    /// <summary>The ranks of this silo, ascending.</summary>
    public IReadOnlyList<int> LocalRanks => [.. Plan.Silos[Plan.Self].Ranks.Order()];

    /// <summary>The part of the buffer that this silo sums and updates.</summary>
    public FlatRange OwnShard => Shards[Plan.Self];

    /// <summary>A few chunks for each rank of the fullest silo, so that summing, sending and updating overlap even for small models.</summary>
    private static int ChunkLength(ExchangePlan plan)
    {
        var shard = plan.Layout.Length / plan.Silos.Count;
        var workers = plan.Silos.Max(silo => silo.Ranks.Count);
        var length = Math.Clamp(shard / (4L * workers), SmallestChunk, LargestChunk);
        return (int)(length / 16 * 16);
    }
}
