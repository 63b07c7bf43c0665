using System.Runtime.CompilerServices;
using OrleansTrain.Exchange.Layout;
using OrleansTrain.Exchange.Links;
using OrleansTrain.Exchange.Reduction;
using OrleansTrain.Training.Optimizers;

namespace OrleansTrain.Exchange.Sessions;

/// <summary>Sums the gradients of all ranks and applies the optimizer, in one pass over blocks that stay in the first-level cache.</summary>
/// <param name="shared">Whether other cores read the parameters too: they are then written past the caches.</param>
internal sealed unsafe class ShardUpdate(
    SessionShape shape, ParameterBuffer parameters, IFlatOptimizer optimizer, IReadOnlyList<RankWorker> workers, IReadOnlyList<IPeerLink> links, bool shared)
{
    private readonly float _scale = 1f / shape.Plan.WorldSize;
    private readonly (int Link, int Node)[] _remote =
        [.. links.SelectMany((link, index) => shape.Covers[link.Silo].Select((_, node) => (index, node)))];

    /// <summary>Updates a chunk of the own shard, with the scratch memory of <paramref name="worker"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(RankWorker worker, int chunk)
    {
        var sources = worker.Sums.Sources;
        foreach (var piece in shape.Pieces.Pieces(shape.Shards.Chunk(shape.Plan.Self, chunk)))
        {
            Locate(sources, piece);
            for (long done = 0; done < piece.Length; done += BlockSum.BlockLength)
            {
                var count = (int)Math.Min(BlockSum.BlockLength, piece.Length - done);
                worker.Sums.All.SumScaled(sources, _scale, worker.Mean.Pointer, count);
                Update(worker, piece.Start + done, count);
                foreach (ref var source in sources.AsSpan())
                {
                    source += count * sizeof(float);
                }
            }
        }

        if (shared)
        {
            SharedBlock.Publish();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Update(RankWorker worker, long start, int count)
    {
        var target = parameters.Pointer + start;
        var offset = start - shape.OwnShard.Start;
        if (!shared)
        {
            optimizer.Update(target, worker.Mean.Pointer, offset, count);
            return;
        }

        worker.Shared.Update(optimizer, target, worker.Mean.Pointer, offset, count);
    }

    private void Locate(nint[] sources, in Piece piece)
    {
        var next = 0;
        for (; next < workers.Count; next++)
        {
            sources[next] = (nint)((float*)workers[next].Gradients[piece.Slot] + piece.SlotOffset);
        }

        foreach (var (link, node) in _remote)
        {
            sources[next++] = (nint)links[link].Partial(node, piece);
        }
    }
}
