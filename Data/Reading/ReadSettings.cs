namespace OrleansTrain.Data.Reading;

/// <summary>How a block is read. Immutable.</summary>
/// <param name="SkipBad">Leaves bad records out, up to <paramref name="MostBad"/> of a block, instead of failing.</param>
/// <param name="MostBad">Share of a block's records that may be bad, 0 … 1.</param>
/// <param name="ParallelGets">Most requests to the store at once for one block.</param>
public sealed record ReadSettings(bool SkipBad = false, double MostBad = 0.01, int ParallelGets = 16)
{
    /// <summary>Fails at the first bad record.</summary>
    public static ReadSettings Default { get; } = new();
}
