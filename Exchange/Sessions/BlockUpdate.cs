using System.Runtime.CompilerServices;
using OrleansTrain.Exchange.Reduction;
using OrleansTrain.Training.Numerics;
using OrleansTrain.Training.Optimizers;

namespace OrleansTrain.Exchange.Sessions;

/// <summary>
/// Updates parameters a block at a time. Those that other cores read too are updated in scratch memory first, and go from there past the caches to
/// their place. Used by one thread at a time.
/// </summary>
/// <param name="shared">Whether other cores read them.</param>
internal sealed unsafe class BlockUpdate(bool shared) : IDisposable
{
    private readonly NativeFloats _updated = new(BlockSum.BlockLength);

    /// <summary>As <see cref="IFlatOptimizer.Update"/>, for at most <see cref="BlockSum.BlockLength"/> elements; seen by others after <see cref="Publish"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Run(IFlatOptimizer optimizer, float* parameters, float* gradient, long offset, int count)
    {
        if (!shared)
        {
            optimizer.Update(parameters, gradient, offset, count);
            return;
        }

        var updated = _updated.Pointer;
        new ReadOnlySpan<float>(parameters, count).CopyTo(new Span<float>(updated, count));
        optimizer.Update(updated, gradient, offset, count);
        StreamedCopy.Copy(updated, parameters, count);
    }

    /// <summary>What was updated is seen before whatever this thread stores next.</summary>
    public void Publish()
    {
        if (shared)
        {
            StreamedCopy.Publish();
        }
    }

    public void Dispose() => _updated.Dispose();
}
