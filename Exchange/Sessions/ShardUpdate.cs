using System.Runtime.CompilerServices;
using OrleansTrain.Exchange.Layout;
using OrleansTrain.Exchange.Links;
using OrleansTrain.Exchange.Reduction;
using OrleansTrain.Training.Optimizers;

namespace OrleansTrain.Exchange.Sessions;

/// <summary>Sums the gradients of all ranks and applies the optimizer, in one pass over blocks that stay in the first-level cache.</summary>
internal sealed unsafe class ShardUpdate(
    SessionShape shape, IFlatOptimizer optimizer, IReadOnlyList<RankWorker> workers, IReadOnlyList<IPeerLink> links)
{
    private readonly float _scale = 1f / shape.Plan.WorldSize;
    private readonly (int Link, int Node)[] _remote =
        [.. links.SelectMany((link, index) => shape.Covers[link.Silo].Select((_, node) => (index, node)))];

    /// <summary>Updates a chunk of the own shard, with the scratch memory of <paramref name="worker"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(RankWorker worker, int chunk)
    {
        var shardStart = shape.OwnShard.Start;
        var sources = worker.Sums.Sources;
        var mean = worker.Block.Pointer;
        foreach (var piece in shape.Pieces.Pieces(shape.Shards.Chunk(shape.Plan.Self, chunk)))
        {
            Locate(sources, piece);
            for (long done = 0; done < piece.Length; done += BlockSum.BlockLength)
            {
                var count = (int)Math.Min(BlockSum.BlockLength, piece.Length - done);
                var start = piece.Start + done;
                worker.Sums.All.SumScaled(sources, _scale, mean, count);
                worker.Update.Run(optimizer, start, mean, start - shardStart, count);
                foreach (ref var source in sources.AsSpan())
                {
                    source += count * sizeof(float);
                }
            }
        }

        worker.Update.Publish();
        worker.Update.Copy?.Updated(chunk);
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
