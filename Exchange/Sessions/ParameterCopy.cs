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
    public static bool Suits(ParameterBuffer parameters) => parameters.Length * sizeof(float) <= LargestBytes;

    /// <summary>Takes all values.</summary>
    public void Fill() => Take(new FlatRange(0, parameters.Length));

    /// <summary>The rank has written the new values of a chunk of the silo's shard here as well.</summary>
    public void Updated(int chunk) => _isUpdated[chunk] = true;

    /// <summary>Takes what others have updated in the step that is complete now.</summary>
    public void Fetch()
    {
        var shard = shape.OwnShard;
        Take(new FlatRange(0, shard.Start));
        for (var chunk = 0; chunk < _isUpdated.Length; chunk++)
        {
            if (!_isUpdated[chunk])
            {
                Take(shape.Shards.Chunk(shape.Plan.Self, chunk));
            }

            _isUpdated[chunk] = false;
        }

        Take(new FlatRange(shard.Start + shard.Length, parameters.Length - shard.Start - shard.Length));
    }

    public void Dispose() => _copy.Dispose();

    private void Take(FlatRange range) =>
        new ReadOnlySpan<float>(parameters.Pointer + range.Start, (int)range.Length).CopyTo(new Span<float>(_copy.Pointer + range.Start, (int)range.Length));
}
