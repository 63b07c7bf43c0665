using OrleansTrain.Data.Pipeline;

namespace OrleansTrain.Data.Images;

/// <summary>Mirrors an image left to right with a probability. The last dimension is the width. Immutable and thread-safe.</summary>
public sealed class RandomFlip(double probability = 0.5) : SampleTransform
{
    /// <inheritdoc/>
    public override void Apply(Span<float> sample, ReadOnlySpan<long> shape, ref SampleRandom random, Span<float> scratch)
    {
        if (!random.Chance(probability))
        {
            return;
        }

        var width = (int)shape[^1];
        for (var row = 0; row < sample.Length; row += width)
        {
            sample.Slice(row, width).Reverse();
        }
    }
}
