using System.Runtime.CompilerServices;
using OrleansTrain.Exchange.Reduction;
using OrleansTrain.Training.Numerics;
using OrleansTrain.Training.Optimizers;

namespace OrleansTrain.Exchange.Sessions;

/// <summary>
/// Updates parameters that other cores read too, a block at a time: in scratch memory first, and from there past the caches to their place.
/// Used by one thread at a time.
/// </summary>
internal sealed unsafe class SharedBlock : IDisposable
{
    private readonly NativeFloats _updated = new(BlockSum.BlockLength);

    /// <summary>As <see cref="IFlatOptimizer.Update"/>, for at most <see cref="BlockSum.BlockLength"/> elements; seen by others after <see cref="Publish"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Update(IFlatOptimizer optimizer, float* parameters, float* gradient, long offset, long count)
    {
        var updated = _updated.Pointer;
        new ReadOnlySpan<float>(parameters, (int)count).CopyTo(new Span<float>(updated, (int)count));
        optimizer.Update(updated, gradient, offset, count);
        StreamedCopy.Copy(updated, parameters, count);
    }

    /// <summary>What was updated is seen before whatever this thread stores next.</summary>
    public static void Publish() => StreamedCopy.Publish();

    public void Dispose() => _updated.Dispose();
}
