using System.Runtime.CompilerServices;
using OrleansTrain.Exchange.Reduction;
using OrleansTrain.Training.Numerics;
using OrleansTrain.Training.Optimizers;

namespace OrleansTrain.Exchange.Sessions;

/// <summary>
/// Updates parameters a block at a time. Those that other cores read too are updated somewhere else first, in the rank's own copy or in scratch memory,
/// and go from there past the caches to their place. Used by one thread at a time.
/// </summary>
/// <param name="shared">Whether other cores read them.</param>
/// <param name="copy">The rank's copy of shared parameters; null when they are too large for one.</param>
internal sealed unsafe class BlockUpdate(ParameterBuffer parameters, bool shared, ParameterCopy? copy = null) : IDisposable
{
    private readonly NativeFloats _scratch = new(BlockSum.BlockLength);

    /// <summary>The rank's copy of the parameters, if it has one.</summary>
    public ParameterCopy? Copy => copy;

    /// <summary>
    /// As <see cref="IFlatOptimizer.Update"/>, for at most <see cref="BlockSum.BlockLength"/> parameters from <paramref name="start"/> on; seen by
    /// others after <see cref="Publish"/>.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Run(IFlatOptimizer optimizer, long start, float* gradient, long offset, int count)
    {
        var target = parameters.Pointer + start;
        if (!shared)
        {
            optimizer.Update(target, gradient, offset, count);
            return;
        }

        var updated = _scratch.Pointer;
        if (copy is not null)
        {
            updated = copy.Pointer + start;
        }
        else
        {
            new ReadOnlySpan<float>(target, count).CopyTo(new Span<float>(updated, count));
        }

        optimizer.Update(updated, gradient, offset, count);
        StreamedCopy.Copy(updated, target, count);
    }

    /// <summary>What was updated is seen before whatever this thread stores next.</summary>
    public void Publish()
    {
        if (shared)
        {
            StreamedCopy.Publish();
        }
    }

    public void Dispose()
    {
        _scratch.Dispose();
        copy?.Dispose();
    }
}
