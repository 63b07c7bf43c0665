using System.Runtime.CompilerServices;
using OrleansTrain.Exchange.Layout;
using OrleansTrain.Exchange.Links;
using OrleansTrain.Exchange.Reduction;
using OrleansTrain.Training.Optimizers;

namespace OrleansTrain.Exchange.Sessions;

/// <summary>Sums the gradients of all ranks and applies the optimizer, in one pass over blocks that stay in the first-level cache.</summary>
/// <param name="shared">Whether several ranks read the parameters.</param>
/// <param name="optimizer">For all parameters where silos share the update, for those of the own shard elsewhere.</param>
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
    private readonly long _first = shape.SharesUpdate ? 0 : shape.OwnShard.Start;
    private readonly float _scale = 1f / shape.Plan.WorldSize;
    private readonly (int Link, int Node)[] _remote =
        [.. links.SelectMany((link, index) => shape.Covers[link.Silo].Select((_, node) => (index, node)))];

    private readonly BlockUpdate[] _blocks =
    [
        .. workers.Select(_ => new BlockUpdate(parameters, shared, shared && ParameterCopy.Suits(parameters.Length) ? new ParameterCopy(parameters, shape) : null)),
    ];

    /// <summary>The rank's copy of the parameters, if it has one.</summary>
    public ParameterCopy? CopyOf(RankWorker worker) => _blocks[worker.Index].Copy;

    /// <summary>Updates a chunk of the own shard, with the scratch memory of <paramref name="worker"/>.</summary>
    public void Run(RankWorker worker, int chunk)
    {
        var self = shape.Plan.Self;
        Run(worker, self, shape.Shards.Chunk(self, chunk), streamed?.HasFor(worker, chunk) == true ? streamed : null);
    }

    /// <summary>Updates a part of a silo's shard where silos share the update, with the scratch memory of <paramref name="worker"/>.</summary>
    /// <param name="owner">The silo.</param>
    public void Run(RankWorker worker, int owner, FlatRange range) => Run(worker, owner, range, copies: null);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Run(RankWorker worker, int owner, FlatRange range, StreamedGradients? copies)
    {
        var sources = worker.Sums.Sources;
        var mean = worker.Block.Pointer;
        var block = _blocks[worker.Index];
        foreach (var piece in shape.Pieces.Pieces(range))
        {
            Locate(sources, owner, piece, worker.Index, copies);
            for (long done = 0; done < piece.Length; done += BlockSum.BlockLength)
            {
                var count = (int)Math.Min(BlockSum.BlockLength, piece.Length - done);
                var start = piece.Start + done;
                worker.Sums.All.SumScaled(sources, _scale, mean, count);
                block.Run(optimizer, start, mean, start - _first, count);
                foreach (ref var source in sources.AsSpan())
                {
                    source += count * sizeof(float);
                }
            }
        }

        block.Publish();
    }

    public void Dispose()
    {
        foreach (var block in _blocks)
        {
            block.Dispose();
        }
    }

    private void Locate(nint[] sources, int owner, in Piece piece, int reader, StreamedGradients? copies)
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
            sources[next++] = (nint)links[link].Partial(owner, node, piece);
        }
    }
}
