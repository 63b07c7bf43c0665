namespace OrleansTrain.Exchange.Reduction;

/// <summary>
/// A node of the reduction tree: the ranks <c>[Start, Start + 2^Level)</c>, as far as they exist.
/// <see cref="Start"/> is a multiple of <c>2^Level</c>.
/// </summary>
internal readonly record struct TreeNode(int Start, int Level)
{
    /// <summary>Ranks the node spans, those that do not exist included.</summary>
    public int Span => 1 << Level;

    /// <summary>The half with the lower ranks.</summary>
    public TreeNode Left => new(Start, Level - 1);

    /// <summary>The half with the higher ranks.</summary>
    public TreeNode Right => new(Start + (1 << (Level - 1)), Level - 1);
}
