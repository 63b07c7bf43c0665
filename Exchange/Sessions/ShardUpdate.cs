using System.Runtime.CompilerServices;
using OrleansTrain.Exchange.Layout;
using OrleansTrain.Exchange.Links;
using OrleansTrain.Exchange.Reduction;
using OrleansTrain.Training.Optimizers;

namespace OrleansTrain.Exchange.Sessions;

/// <summary>Sums the gradients of all ranks and applies the optimizer, in one pass over blocks that stay in the first-level cache.</summary>
/// <param name="shared">Whether several ranks read the parameters.</param>
/// <param name="streamed">What the silo's ranks copy for each other; null: nothing.</param>
internal sealed unsafe class ShardUpdate(
    SessionShape shape,
    ParameterBuffer parameters,
    bool shared,
    IFlatOptimizer optimizer,
    IReadOnlyList<RankWorker> workers,
    StreamedGradients? streamed,
    IReadOnlyList<IPeerLink> links) : IDisposable
{
    private readonly float _scale = 1f / shape.Plan.WorldSize;
    private readonly (int Link, int Node)[] _remote =
        [.. links.SelectMany((link, index) => shape.Covers[link.Silo].Select((_, node) => (index, node)))];

    private readonly BlockUpdate[] _blocks =
    [
        .. workers.Select(_ => new BlockUpdate(parameters, shared, shared && ParameterCopy.Suits(parameters) ? new ParameterCopy(parameters, shape) : null)),
    ];

    /// <summary>The rank's copy of the parameters, if it has one.</summary>
    public ParameterCopy? CopyOf(RankWorker worker) => _blocks[worker.Index].Copy;

    /// <summary>Updates a chunk of the own shard, with the scratch memory of <paramref name="worker"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(RankWorker worker, int chunk)
    {
        var shardStart = shape.OwnShard.Start;
        var sources = worker.Sums.Sources;
        var mean = worker.Block.Pointer;
        var block = _blocks[worker.Index];
        var copies = streamed?.HasFor(worker, chunk) == true ? streamed : null;
        foreach (var piece in shape.Pieces.Pieces(shape.Shards.Chunk(shape.Plan.Self, chunk)))
        {
            Locate(sources, piece, worker.Index, copies);
            for (long done = 0; done < piece.Length; done += BlockSum.BlockLength)
            {
                var count = (int)Math.Min(BlockSum.BlockLength, piece.Length - done);
                var start = piece.Start + done;
                worker.Sums.All.SumScaled(sources, _scale, mean, count);
                block.Run(optimizer, start, mean, start - shardStart, count);
                foreach (ref var source in sources.AsSpan())
                {
                    source += count * sizeof(float);
                }
            }
        }

        block.Publish();
        block.Copy?.Updated(chunk);
    }

    public void Dispose()
    {
        foreach (var block in _blocks)
        {
            block.Dispose();
        }
    }

    private void Locate(nint[] sources, in Piece piece, int reader, StreamedGradients? copies)
    {
        var next = 0;
        for (; next < workers.Count; next++)
        {
            sources[next] = copies is null || next == reader
                ? (nint)((float*)workers[next].Gradients[piece.Slot] + piece.SlotOffset)
                : (nint)copies.Of(next, piece);
        }

        foreach (var (link, node) in _remote)
        {
            sources[next++] = (nint)links[link].Partial(node, piece);
        }
    }
}
