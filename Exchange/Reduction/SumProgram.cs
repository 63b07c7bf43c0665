namespace OrleansTrain.Exchange.Reduction;

/// <summary>
/// A fixed list of additions over blocks of elements, compiled from the reduction tree: <c>target = left + right</c>, the last one giving the sum.
/// With a single source there is nothing to add. Immutable.
/// </summary>
internal sealed record SumProgram(int Sources, int Registers, IReadOnlyList<Addition> Additions)
{
    /// <summary>The sum is the one source itself.</summary>
    public bool IsCopy => Additions.Count == 0;
}

/// <summary>One addition of a <see cref="SumProgram"/>; the target is a register.</summary>
internal readonly record struct Addition(Operand Left, Operand Right, int Target);
