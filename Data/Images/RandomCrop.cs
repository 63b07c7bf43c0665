using OrleansTrain.Data.Pipeline;

namespace OrleansTrain.Data.Images;

/// <summary>
/// Pads an image on all sides and cuts a piece of the old size out of it: moves it by up to <paramref name="padding"/> pixels each way. The last
/// two dimensions are height and width. Immutable and thread-safe.
/// </summary>
/// <param name="padding">Most pixels to move by; up to the image's own size.</param>
/// <param name="fill">What comes in from outside, after scaling: black is -1 for images normalised to -1 … 1.</param>
public sealed class RandomCrop(int padding, float fill = 0) : SampleTransform
{
    /// <inheritdoc/>
    public override void Apply(Span<float> sample, ReadOnlySpan<long> shape, ref SampleRandom random, Span<float> scratch)
    {
        var (height, width) = ((int)shape[^2], (int)shape[^1]);
        if (padding < 0 || padding > Math.Min(height, width))
        {
            throw new DatasetException($"An image of {height}x{width} cannot be moved by up to {padding} pixels.");
        }

        var down = random.Next((2 * padding) + 1) - padding;
        var right = random.Next((2 * padding) + 1) - padding;
        sample.CopyTo(scratch);
        sample.Fill(fill);
        var copied = width - Math.Abs(right);
        for (var plane = 0; plane < sample.Length; plane += height * width)
        {
            for (var y = Math.Max(0, down); y < height + Math.Min(0, down); y++)
            {
                scratch.Slice(plane + ((y - down) * width) + Math.Max(0, -right), copied)
                    .CopyTo(sample[(plane + (y * width) + Math.Max(0, right))..]);
            }
        }
    }
}
