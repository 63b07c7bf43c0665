using System.Runtime.CompilerServices;
using OrleansTrain.Exchange.Layout;
using OrleansTrain.Exchange.Reduction;
using OrleansTrain.Exchange.Synchronization;
using OrleansTrain.Training.Numerics;

namespace OrleansTrain.Exchange.Sessions;

/// <summary>
/// A copy of those parts of a rank's gradients that other ranks of the silo add up, streamed past the caches. The gradients themselves then stay with the
/// core that computes them: once another core has read a line of them, the next backward pass takes it back when it writes there, which takes long where the
/// cores have no cache in common. Written by the rank's thread before it comes to a step, read by the others' until the step has ended.
/// </summary>
/// <param name="shares">Who starts with which chunk of the silo's shard.</param>
/// <param name="index">The rank's number among the ranks of this silo.</param>
internal sealed unsafe class GradientCopy(SessionShape shape, WorkQueue shares, int index) : IDisposable
{
    private readonly NativeFloats _copy = new(shape.OwnShard.Length);

    /// <summary>Takes what the rank has brought to the step; seen by others before whatever this thread stores next.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Write(ReadOnlySpan<nint> gradients)
    {
        for (var chunk = 0; chunk < shares.Items; chunk++)
        {
            if (shares.Owner(chunk) == index)
            {
                continue;
            }

            foreach (var piece in shape.Pieces.Pieces(shape.Shards.Chunk(shape.Plan.Self, chunk)))
            {
                StreamedCopy.Copy((float*)gradients[piece.Slot] + piece.SlotOffset, Of(piece), piece.Length);
            }
        }

        StreamedCopy.Publish();
    }

    /// <summary>Where a part of the silo's shard lies that is not in the rank's own share.</summary>
    public float* Of(in Piece piece) => _copy.Pointer + (piece.Start - shape.OwnShard.Start);

    public void Dispose() => _copy.Dispose();
}
