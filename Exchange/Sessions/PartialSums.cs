using OrleansTrain.Exchange.Layout;
using OrleansTrain.Exchange.Links;
using OrleansTrain.Exchange.Reduction;
using OrleansTrain.Training.Numerics;

namespace OrleansTrain.Exchange.Sessions;

/// <summary>Adds up the gradients of this silo's ranks for the shards of others and sends them, chunk by chunk.</summary>
internal sealed unsafe class PartialSums : IDisposable
{
    private readonly SessionShape _shape;
    private readonly IReadOnlyList<RankWorker> _workers;
    private readonly (IPeerLink Link, int Chunk)[] _items;
    private readonly NativeFloats[] _staging;

    /// <param name="threads">Threads that may call <see cref="Run"/> at the same time, each with its own worker.</param>
    public PartialSums(SessionShape shape, IReadOnlyList<RankWorker> workers, IReadOnlyList<IPeerLink> links, int threads)
    {
        _shape = shape;
        _workers = workers;
        _items = [.. Order(shape, links)];
        _staging = [.. Enumerable.Range(0, threads).Select(_ => new NativeFloats(links.Count > 0 ? shape.Shards.ChunkLength : 0))];
    }

    /// <summary>Number of work items: a chunk for one other silo each.</summary>
    public int Items => _items.Length;

    /// <summary>The part of the buffer that an item is about.</summary>
    public FlatRange Range(int item) => _shape.Shards.Chunk(_items[item].Link.Silo, _items[item].Chunk);

    /// <summary>Handles one item, with the scratch memory of <paramref name="worker"/>.</summary>
    public void Run(RankWorker worker, int item, long step, StepRequests requests)
    {
        var (link, chunk) = _items[item];
        var range = Range(item);
        var nodes = worker.Sums.Nodes;
        for (var node = 0; node < nodes.Count; node++)
        {
            var target = link.PartialTarget(node, chunk);
            var data = target == null ? Whole(nodes[node], range) : null;
            if (data == null)
            {
                data = target == null ? _staging[worker.Index].Pointer : target;
                Sum(worker, node, link, range, data, shared: target != null);
            }

            link.SendPartial(step, node, chunk, requests, data);
        }
    }

    public void Dispose()
    {
        foreach (var staging in _staging)
        {
            staging.Dispose();
        }
    }

    /// <summary>All silos in turn for each chunk, each silo starting with its neighbour, so that no silo is sent to by all at once.</summary>
    private static IEnumerable<(IPeerLink Link, int Chunk)> Order(SessionShape shape, IReadOnlyList<IPeerLink> links)
    {
        var self = shape.Plan.Self;
        var silos = shape.Plan.Silos.Count;
        var inTurn = links.OrderBy(link => (link.Silo - self + silos) % silos).ToList();
        var chunks = inTurn.Select(link => shape.Shards.Chunks(link.Silo)).DefaultIfEmpty().Max();
        return
            from chunk in Enumerable.Range(0, chunks)
            from link in inTurn
            where chunk < shape.Shards.Chunks(link.Silo)
            select (link, chunk);
    }

    /// <summary>The gradient itself, where a chunk of it is all there is to send; null otherwise.</summary>
    private float* Whole(PartialSum node, FlatRange range)
    {
        if (!node.Sum.IsCopy)
        {
            return null;
        }

        foreach (var piece in _shape.Pieces.Pieces(range))
        {
            return piece.Length == range.Length ? (float*)_workers[node.First].Gradients[piece.Slot] + piece.SlotOffset : null;
        }

        return null;
    }

    /// <param name="shared">The target is memory that other cores read where it is.</param>
    private void Sum(RankWorker worker, int index, IPeerLink link, FlatRange range, float* target, bool shared)
    {
        var node = worker.Sums.Nodes[index];
        var position = range.Start;
        foreach (var piece in _shape.Pieces.Pieces(range))
        {
            Clear(target, range.Start, position, piece.Start);
            position = piece.Start + piece.Length;
            if (node.Sum.IsCopy && link.TryLend(index, piece.Slot, (float*)_workers[node.First].Gradients[piece.Slot]))
            {
                continue;
            }

            for (long done = 0; done < piece.Length; done += BlockSum.BlockLength)
            {
                var count = (int)Math.Min(BlockSum.BlockLength, piece.Length - done);
                var sources = worker.Sums.Sources.AsSpan(0, node.Count);
                for (var i = 0; i < node.Count; i++)
                {
                    sources[i] = (nint)((float*)_workers[node.First + i].Gradients[piece.Slot] + piece.SlotOffset + done);
                }

                var place = target + (piece.Start + done - range.Start);
                var sum = shared ? worker.Block.Pointer : place;
                node.Sum.Sum(sources, sum, count);
                if (shared)
                {
                    StreamedCopy.Copy(sum, place, count);
                }
            }
        }

        Clear(target, range.Start, position, range.End);
        if (shared)
        {
            StreamedCopy.Publish();
        }
    }

    /// <summary>What is sent for the padding is zero, not what memory held before.</summary>
    private static void Clear(float* target, long origin, long from, long to) =>
        new Span<float>(target + (from - origin), (int)(to - from)).Clear();
}
