using static TorchSharp.torch;

namespace OrleansTrain.Training;

/// <summary>
/// A rank's own random state. libtorch's default CPU generator is one for the whole process, so ranks that share a silo
/// would draw from it in turns that no seed fixes; noise of a model must come from here.
/// Always a generator of the CPU: TorchSharp offers no state of a GPU's generator that a checkpoint could keep.
/// Not thread-safe: used by the rank's thread alone.
/// </summary>
public sealed class RankRandom : IDisposable
{
    /// <summary>A generator whose stream depends on the seed and the rank alone.</summary>
    public RankRandom(long seed, int rank) => Generator = new Generator((ulong)StreamSeed(seed, rank, stream: 0), CPU);

    /// <summary>The generator, for torch functions that take one.</summary>
    public Generator Generator { get; }

    /// <summary>The state as a uint8 tensor, for a checkpoint. The caller disposes it.</summary>
    public Tensor GetState() => Generator.get_state();

    /// <summary>Continues from a state that <see cref="GetState"/> gave.</summary>
    /// <exception cref="InvalidDataException">It is no such state.</exception>
    public void SetState(Tensor state)
    {
        Native.GeneratorState.Check(state);
        Generator.set_state(state);
    }

    /// <inheritdoc/>
    public void Dispose() => Generator.Dispose();

    /// <summary>
    /// The seed of one of a rank's streams: 0 is <see cref="Generator"/>, 1 the libtorch default generator while the rank has it.
    /// SplitMix64 (Steele, Lea, Flood 2014): neighbouring seeds and ranks give unrelated streams.
    /// </summary>
    internal static long StreamSeed(long seed, int rank, int stream)
    {
        var z = (ulong)seed + (((ulong)rank + 1) * 0x9E3779B97F4A7C15UL) + ((ulong)stream * 0xD1B54A32D192ED03UL);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return (long)((z ^ (z >> 31)) & long.MaxValue);
    }
}
