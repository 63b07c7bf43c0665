using OrleansTrain.Exchange.Layout;
using OrleansTrain.Training.Optimizers;

namespace OrleansTrain.Exchange.Sessions;

/// <summary>The optimizer state of a shard whose parts, which follow one another, have an optimizer each.</summary>
internal sealed class PartedState : IShardState
{
    private readonly ShardState[] _parts;

    /// <param name="parts">At least one, in order, without gaps.</param>
    public PartedState(IReadOnlyList<(FlatRange Range, IFlatOptimizer Optimizer)> parts)
    {
        ArgumentOutOfRangeException.ThrowIfZero(parts.Count);
        _parts = [.. parts.Select(part => new ShardState(part.Range, part.Optimizer))];
    }

    public long Start => _parts[0].Start;

    public long Length => _parts[^1].Start + _parts[^1].Length - Start;

    /// <summary>Of the part that has taken the fewest.</summary>
    public long OptimizerSteps => _parts.Min(part => part.OptimizerSteps);

    public IReadOnlyList<string> Names => _parts[0].Names;

    public void Read(string name, long offset, Span<float> destination)
    {
        for (var done = 0; done < destination.Length;)
        {
            var (part, at, count) = Locate(offset + done, destination.Length - done);
            part.Read(name, at, destination.Slice(done, count));
            done += count;
        }
    }

    public void Write(string name, long offset, ReadOnlySpan<float> source)
    {
        for (var done = 0; done < source.Length;)
        {
            var (part, at, count) = Locate(offset + done, source.Length - done);
            part.Write(name, at, source.Slice(done, count));
            done += count;
        }
    }

    public void SetOptimizerSteps(long steps)
    {
        foreach (var part in _parts)
        {
            part.SetOptimizerSteps(steps);
        }
    }

    // The part an element lies in, its offset there, and how many of the elements asked for lie there too.
    private (ShardState Part, long Offset, int Count) Locate(long offset, int count)
    {
        if (offset < 0 || offset + count > Length)
        {
            throw new ArgumentOutOfRangeException(nameof(offset), $"Elements {offset} to {offset + count}: the shard has {Length}.");
        }

        var part = _parts.First(part => Start + offset < part.Start + part.Length);
        var at = Start + offset - part.Start;
        return (part, at, (int)Math.Min(count, part.Length - at));
    }
}
