namespace OrleansTrain.Data.Pipeline;

/// <summary>A random change of one input sample, after scaling. Immutable and thread-safe.</summary>
public abstract class SampleTransform
{
    /// <summary>Changes a sample in place.</summary>
    /// <param name="sample">The sample's float32 values.</param>
    /// <param name="shape">Its dimensions: those of the column, or of <see cref="DataPipeline.Reshape"/>.</param>
    /// <param name="random">Draws that depend on (seed, epoch, sample) alone.</param>
    /// <param name="scratch">As long as the sample; contents undefined.</param>
    public abstract void Apply(Span<float> sample, ReadOnlySpan<long> shape, ref SampleRandom random, Span<float> scratch);
}
