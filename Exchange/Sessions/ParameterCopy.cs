using OrleansTrain.Exchange.Layout;
using TorchSharp;

namespace OrleansTrain.Exchange.Sessions;

/// <summary>
/// A rank's own copy of small parameters that others read and update too. What the rank updates stays in its core's cache, in lines that nobody else
/// holds; what others have streamed past the caches is read once, in order, at the speed of memory: the matrix products of the next step would ask for
/// it in an order that the processor does not foresee, and wait. Used by the rank's thread alone.
/// </summary>
internal sealed unsafe class ParameterCopy(ParameterBuffer parameters, SessionShape shape) : IDisposable
{
    /// <summary>What fits into a core's second-level cache with as much again: copies of larger parameters would push each other out.</summary>
    private const long LargestBytes = 512 * 1024;

    private readonly ParameterBuffer _copy = ParameterBuffer.Allocate(parameters.Length);
    private readonly bool[] _isUpdated = new bool[shape.Shards.Chunks(shape.Plan.Self)];

    /// <summary>The parameters that the rank's model computes with.</summary>
    public torch.Tensor Tensor => _copy.Tensor;

    /// <summary>The first of them.</summary>
    public float* Pointer => _copy.Pointer;

    /// <summary>Whether a rank gains by having parameters for itself.</summary>
    public static bool Suits(long length) => length * sizeof(float) <= LargestBytes;

    /// <summary>Takes all values.</summary>
    public void Fill() => Take(new FlatRange(0, parameters.Length));

    /// <summary>The rank has written the new values of a chunk of the silo's shard here as well.</summary>
    public void Updated(int chunk) => _isUpdated[chunk] = true;

    /// <summary>Takes what others have updated in the step that is complete now.</summary>
    /// <param name="left">What of the updated chunks others have updated all the same.</param>
    /// <param name="taken">What of other silos' shards the rank has updated here.</param>
    public void Fetch(FlatRange left = default, FlatRange taken = default)
    {
        var shard = shape.OwnShard;
        TakeAround(new FlatRange(0, shard.Start), taken);
        for (var chunk = 0; chunk < _isUpdated.Length; chunk++)
        {
            if (!_isUpdated[chunk])
            {
                Take(shape.Shards.Chunk(shape.Plan.Self, chunk));
            }

            _isUpdated[chunk] = false;
        }

        Take(left);
        TakeAround(new FlatRange(shard.End, parameters.Length - shard.End), taken);
    }

    public void Dispose() => _copy.Dispose();

    /// <param name="known">Lies within the range, or outside of it.</param>
    private void TakeAround(FlatRange range, FlatRange known)
    {
        if (known.Length == 0 || known.Start < range.Start || known.End > range.End)
        {
            Take(range);
            return;
        }

        Take(new FlatRange(range.Start, known.Start - range.Start));
        Take(new FlatRange(known.End, range.End - known.End));
    }

    private void Take(FlatRange range) =>
        new ReadOnlySpan<float>(parameters.Pointer + range.Start, (int)range.Length).CopyTo(new Span<float>(_copy.Pointer + range.Start, (int)range.Length));
}
