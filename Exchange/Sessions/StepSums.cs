using OrleansTrain.Exchange.Reduction;

namespace OrleansTrain.Exchange.Sessions;

/// <summary>
/// The sums of a step, with the scratch memory of one thread: of all ranks for the own shard, and of the silo's ranks for each node
/// it contributes to other shards.
/// </summary>
internal sealed class StepSums : IDisposable
{
    public StepSums(SessionShape shape)
    {
        var self = shape.Plan.Self;
        var ranks = shape.LocalRanks.Select(rank => new TreeNode(rank, 0)).ToList();
        var peers = shape.Covers.Where((_, silo) => silo != self).SelectMany(nodes => nodes);
        All = new BlockSum(shape.Tree.Compile(shape.Tree.Root, [.. ranks, .. peers]));
        Sources = new nint[All.Sources];
        Nodes = shape.Plan.Silos.Count == 1 ? [] : [.. shape.Covers[self].Select(node => PartialOf(shape, node, ranks))];
    }

    /// <summary>The sum of all ranks: sources are the silo's ranks in order, then the nodes of each other silo.</summary>
    public BlockSum All { get; }

    /// <summary>The sums of the silo's own nodes; empty when there is no other silo to send them to.</summary>
    public IReadOnlyList<PartialSum> Nodes { get; }

    /// <summary>Room for the addresses of the sources.</summary>
    public nint[] Sources { get; }

    public void Dispose()
    {
        All.Dispose();
        foreach (var node in Nodes)
        {
            node.Sum.Dispose();
        }
    }

    private static PartialSum PartialOf(SessionShape shape, TreeNode node, List<TreeNode> ranks)
    {
        var first = ranks.FindIndex(rank => rank.Start >= node.Start);
        var within = ranks.Where(rank => rank.Start >= node.Start && rank.Start < node.Start + node.Span).ToList();
        return new PartialSum(first, within.Count, new BlockSum(shape.Tree.Compile(node, within)));
    }
}

/// <summary>The sum of consecutive local ranks, from the one with index <paramref name="First"/> among the silo's ranks.</summary>
internal sealed record PartialSum(int First, int Count, BlockSum Sum);
