namespace OrleansTrain.Data.Pipeline;

/// <summary>
/// x * multiply + add, done while a batch is gathered: one pair for the whole column, or one for each index of its first dimension
/// (channels of an image, features of a vector). Immutable.
/// </summary>
internal sealed record Scaling(IReadOnlyList<float> Multiply, IReadOnlyList<float> Add)
{
    public static Scaling None { get; } = new([1], [0]);
}
