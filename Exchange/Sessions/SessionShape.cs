using OrleansTrain.Exchange.Layout;
using OrleansTrain.Exchange.Reduction;
using OrleansTrain.Training;

namespace OrleansTrain.Exchange.Sessions;

/// <summary>
/// What follows from a plan: the reduction tree, the nodes each silo contributes, the shards and chunks. The same on all silos. Immutable.
/// </summary>
internal sealed class SessionShape
{
    /// <summary>Chunks of 256 KB: long enough for a socket, short enough to stay in the second-level cache and to overlap.</summary>
    private const int LargestChunk = 64 * 1024;

    private const int SmallestChunk = 4 * 1024;

    /// <summary>Where silos share memory: what is not lent is copied chunk by chunk, and may take this much room (4 MB).</summary>
    private const int LargestSharedChunk = 1024 * 1024;

    private const int Unit = ParameterLayout.Alignment;

    public SessionShape(ExchangePlan plan)
    {
        Plan = plan;
        Tree = new ReductionTree(plan.WorldSize);
        Covers = [.. plan.Silos.Select(silo => Tree.Cover(silo.Ranks))];
        Shards = new ShardMap(plan.Layout.Length, plan.Silos.Count, ChunkLength(plan));
        Pieces = new PieceMap(plan.Layout);
        SharesUpdate = ShareMemory(plan) && plan.Silos.All(silo => silo.Ranks.Count == 1) && ParameterCopy.Suits(plan.Layout.Length);
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

    /// <summary>
    /// Whether silos can update parts of each other's shards, for which they keep the optimizer's state together: those of one rank each that have
    /// nothing but shared memory between them and parameters of which each has a copy anyway. A shard is one chunk then.
    /// </summary>
    public bool SharesUpdate { get; }

    /// <summary>The part of a silo's shard that it may leave to others: what lies in one parameter, so that one gradient is all they need of it.</summary>
    public FlatRange Leavable(int silo)
    {
        var most = new FlatRange(Shards[silo].Start, 0);
        if (SharesUpdate)
        {
            foreach (var piece in Pieces.Pieces(Shards[silo]))
            {
                most = piece.Length > most.Length ? new FlatRange(piece.Start, piece.Length) : most;
            }
        }

        return most;
    }

    /// <summary>A few chunks for each rank of the fullest silo, so that summing, sending and updating overlap even for small models.</summary>
    private static int ChunkLength(ExchangePlan plan)
    {
        var shard = plan.Layout.Length / plan.Silos.Count;
        var workers = plan.Silos.Max(silo => silo.Ranks.Count);
        if (workers == 1 && ShareMemory(plan))
        {
            // Nothing is sent that could overlap and nobody shares the work: each further chunk is a round trip between cores.
            return (int)Math.Clamp((shard / Unit * Unit) + Unit, SmallestChunk, LargestSharedChunk);
        }

        // Rounded up: what is left over would be one chunk more, of a few elements, for one of the ranks.
        var length = Math.Clamp(shard / (4L * workers), SmallestChunk, LargestChunk);
        return (int)((length + Unit - 1) / Unit * Unit);
    }

    /// <summary>Whether nothing but shared memory lies between the silos.</summary>
    private static bool ShareMemory(ExchangePlan plan) =>
        plan.Mode is ExchangeMode.Auto or ExchangeMode.SharedMemory
        && plan.Silos.Count > 1 && Enumerable.Range(1, plan.Silos.Count - 1).All(silo => plan.CanShareMemory(0, silo));
}
