namespace OrleansTrain.Exchange;

/// <summary>
/// The optimizer state of a range of the flat buffer, as flat float32 arrays by torch's names
/// (<c>momentum_buffer</c>; <c>exp_avg</c>, <c>exp_avg_sq</c>; …) and a step count. Placement changes the range, never the values.
/// Read and written only between steps.
/// </summary>
public interface IShardState
{
    /// <summary>First element of the range in the flat buffer.</summary>
    long Start { get; }

    /// <summary>Elements in the range.</summary>
    long Length { get; }

    /// <summary>Steps the optimizer has taken.</summary>
    long OptimizerSteps { get; }

    /// <summary>Names of the state arrays; each has <see cref="Length"/> elements.</summary>
    IReadOnlyList<string> Names { get; }

    /// <summary>Copies <paramref name="destination"/>.Length elements of an array from <paramref name="offset"/> within the range.</summary>
    void Read(string name, long offset, Span<float> destination);

    /// <summary>Sets elements of an array; used when a checkpoint is restored.</summary>
    void Write(string name, long offset, ReadOnlySpan<float> source);

    /// <summary>Sets the step count; used when a checkpoint is restored.</summary>
    void SetOptimizerSteps(long steps);
}
