using static TorchSharp.torch;

namespace OrleansTrain.Training;

/// <summary>
/// A rank's own random state. libtorch's default CPU generator is one for the whole process, so ranks that share a silo
/// would draw from it in turns that no seed fixes; noise of a model must come from here.
/// Not thread-safe: used by the rank's thread alone.
/// </summary>
public sealed class RankRandom : IDisposable
{
    /// <summary>A generator whose stream depends on the seed and the rank alone.</summary>
    public RankRandom(long seed, int rank, Device? device = null)
    {
        Generator = new Generator(Mix((ulong)seed, (ulong)rank), device ?? CPU);
    }

    /// <summary>The generator, for torch functions that take one.</summary>
    public Generator Generator { get; }

    /// <summary>The state as a uint8 tensor, for a checkpoint. The caller disposes it.</summary>
    public Tensor GetState() => Generator.get_state();

    /// <summary>Continues from a state that <see cref="GetState"/> gave.</summary>
    public void SetState(Tensor state) => Generator.set_state(state);

    /// <inheritdoc/>
    public void Dispose() => Generator.Dispose();

    // SplitMix64 (Steele, Lea, Flood 2014): neighbouring seeds and ranks give unrelated streams.
    private static ulong Mix(ulong seed, ulong rank)
    {
        var z = seed + ((rank + 1) * 0x9E3779B97F4A7C15UL);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return (z ^ (z >> 31)) & long.MaxValue;
    }
}
