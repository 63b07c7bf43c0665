using System.Numerics;

namespace OrleansTrain.Exchange.Reduction;

/// <summary>
/// The order in which the gradients of all ranks are added: a binary tree over rank numbers, a node being the sum of its left half plus the
/// sum of its right half, with ranks past the last one left out. The order depends on the number of ranks alone. Whoever holds all ranks
/// of a node can add them up by himself, and others continue with the sum: how ranks are spread over silos changes no bit of the result.
/// Immutable.
/// </summary>
internal sealed class ReductionTree
{
    /// <summary>The tree over ranks <c>0 … worldSize - 1</c>.</summary>
    public ReductionTree(int worldSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(worldSize, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(worldSize, 1 << 20);
        WorldSize = worldSize;
        Root = new TreeNode(0, BitOperations.Log2((uint)BitOperations.RoundUpToPowerOf2((uint)worldSize)));
    }

    /// <summary>Number of ranks.</summary>
    public int WorldSize { get; }

    /// <summary>The node of all ranks.</summary>
    public TreeNode Root { get; }

    /// <summary>The largest nodes whose ranks are all among <paramref name="ranks"/>, in rank order: what a silo that hosts them sends.</summary>
    public IReadOnlyList<TreeNode> Cover(IEnumerable<int> ranks)
    {
        var hosted = new bool[WorldSize];
        foreach (var rank in ranks)
        {
            hosted[rank] = true;
        }

        var nodes = new List<TreeNode>();
        Collect(Root, hosted, nodes);
        return nodes;
    }

    /// <summary>The additions that give the sum of <paramref name="node"/> from the sums of <paramref name="leaves"/>.</summary>
    /// <param name="leaves">Nodes that together hold each rank of the node exactly once; source <c>i</c> of the program is leaf <c>i</c>.</param>
    /// <exception cref="ArgumentException">A rank is held by no leaf.</exception>
    public SumProgram Compile(TreeNode node, IReadOnlyList<TreeNode> leaves)
    {
        var sources = new Dictionary<TreeNode, int>();
        for (var i = 0; i < leaves.Count; i++)
        {
            sources.Add(Narrowed(leaves[i]), i);
        }

        var compiler = new SumProgramBuilder();
        var result = Compile(Narrowed(node), sources, compiler);
        return compiler.Build(leaves.Count, result);
    }

    /// <summary>The smallest node of the same ranks: the right half of a node may lie beyond the last rank.</summary>
    public TreeNode Narrowed(TreeNode node)
    {
        while (node.Level > 0 && node.Right.Start >= WorldSize)
        {
            node = node.Left;
        }

        return node;
    }

    private void Collect(TreeNode node, bool[] hosted, List<TreeNode> nodes)
    {
        node = Narrowed(node);
        var end = Math.Min(node.Start + node.Span, WorldSize);
        if (!hosted.AsSpan(node.Start, end - node.Start).Contains(false))
        {
            nodes.Add(node);
        }
        else if (node.Level > 0)
        {
            Collect(node.Left, hosted, nodes);
            Collect(node.Right, hosted, nodes);
        }
    }

    private Operand Compile(TreeNode node, Dictionary<TreeNode, int> sources, SumProgramBuilder builder)
    {
        if (sources.TryGetValue(node, out var source))
        {
            return Operand.Source(source);
        }

        if (node.Level == 0)
        {
            throw new ArgumentException($"No source has the gradient of rank {node.Start}.");
        }

        var left = Compile(Narrowed(node.Left), sources, builder);
        var right = Compile(Narrowed(node.Right), sources, builder);
        return builder.Add(left, right);
    }
}
