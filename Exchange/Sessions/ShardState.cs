using OrleansTrain.Exchange.Layout;
using OrleansTrain.Training.Optimizers;

namespace OrleansTrain.Exchange.Sessions;

/// <summary>The state of a flat optimizer as a checkpoint sees it.</summary>
/// <param name="first">Where the range begins in the optimizer's own.</param>
internal sealed unsafe class ShardState(FlatRange range, IFlatOptimizer optimizer, long first = 0) : IShardState
{
    public long Start => range.Start;

    public long Length => range.Length;

    public long OptimizerSteps => optimizer.Steps;

    public IReadOnlyList<string> Names => optimizer.StateNames;

    public void Read(string name, long offset, Span<float> destination) => Locate(name, offset, destination.Length).CopyTo(destination);

    public void Write(string name, long offset, ReadOnlySpan<float> source) => source.CopyTo(Locate(name, offset, source.Length));

    public void SetOptimizerSteps(long steps)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(steps);
        optimizer.Steps = steps;
    }

    private Span<float> Locate(string name, long offset, int count)
    {
        if (offset < 0 || offset + count > Length)
        {
            throw new ArgumentOutOfRangeException(nameof(offset), $"Elements {offset} to {offset + count} of '{name}': the shard has {Length}.");
        }

        return new Span<float>(optimizer.State(name) + first + offset, count);
    }
}
