using OrleansTrain.Exchange.Layout;
using OrleansTrain.Exchange.Links;
using OrleansTrain.Exchange.Reduction;
using OrleansTrain.Training.Optimizers;

namespace OrleansTrain.Exchange.Sessions;

/// <summary>Sums the gradients of all ranks and applies the optimizer, in one pass over blocks that stay in the first-level cache.</summary>
internal sealed unsafe class ShardUpdate(
    SessionShape shape, ParameterBuffer parameters, IFlatOptimizer optimizer, IReadOnlyList<RankWorker> workers, IReadOnlyList<IPeerLink> links)
{
    private readonly float _scale = 1f / shape.Plan.WorldSize;
    private readonly (int Link, int Node)[] _remote =
        [.. links.SelectMany((link, index) => shape.Covers[link.Silo].Select((_, node) => (index, node)))];

    /// <summary>Updates a chunk of the own shard, with the scratch memory of <paramref name="worker"/>.</summary>
    public void Run(RankWorker worker, int chunk)
    {
        var shardStart = shape.OwnShard.Start;
        var sources = worker.Sums.Sources;
        var mean = worker.Mean.Pointer;
        foreach (var piece in shape.Pieces.Pieces(shape.Shards.Chunk(shape.Plan.Self, chunk)))
        {
            for (long done = 0; done < piece.Length; done += BlockSum.BlockLength)
            {
                var count = (int)Math.Min(BlockSum.BlockLength, piece.Length - done);
                var block = new Piece(piece.Slot, piece.SlotOffset + done, piece.Start + done, count);
                Locate(sources, block);
                worker.Sums.All.SumScaled(sources, _scale, mean, count);
                optimizer.Update(parameters.Pointer + block.Start, mean, block.Start - shardStart, count);
            }
        }
    }

    private void Locate(nint[] sources, in Piece block)
    {
        var next = 0;
        for (; next < workers.Count; next++)
        {
            sources[next] = (nint)((float*)workers[next].Gradients[block.Slot] + block.SlotOffset);
        }

        foreach (var (link, node) in _remote)
        {
            sources[next++] = (nint)(links[link].Partial(node, block));
        }
    }
}
