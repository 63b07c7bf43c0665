using OrleansTrain.Exchange.Layout;
using OrleansTrain.Exchange.Links;
using OrleansTrain.Exchange.Reduction;
using OrleansTrain.Exchange.SharedMemory;
using OrleansTrain.Training;

namespace OrleansTrain.Exchange.Sessions;

/// <summary>
/// Between silos that share the update (<see cref="SessionShape.SharesUpdate"/>): the rank that comes last to a step never waits, so what others do in
/// their waits it has still to do (<see cref="RankWorker.HasDue"/>: this step's tensors to free, the next one's batch to make). It leaves a part of its
/// shard's update to the others, who wait for it, and does that while they finish: more the next time if it was not done when they were, less if it was.
/// Who updates an element does not change its bits.
/// Used by the thread of the silo's rank alone.
/// </summary>
internal sealed unsafe class UpdateHandover
{
    /// <summary>How many elements more or less are left the next time; about a microsecond's work.</summary>
    private const int Unit = 4 * BlockSum.BlockLength;

    private readonly SessionShape _shape;
    private readonly SharedMemoryLink[] _links;
    private readonly FlatRange _leavable;
    private readonly int _slot;
    private int _takenFrom;
    private long _share;
    private long _elementsLeft;
    private bool _isBehind;

    private UpdateHandover(SessionShape shape, SharedMemoryLink[] links)
    {
        _shape = shape;
        _links = links;
        _leavable = shape.Leavable(shape.Plan.Self);
        Left = new FlatRange(_leavable.Start, 0);
        foreach (var piece in shape.Pieces.Pieces(_leavable))
        {
            _slot = piece.Slot;
        }
    }

    /// <summary>Elements that were left to others, in all steps together. Any thread.</summary>
    public long ElementsLeft => Volatile.Read(ref _elementsLeft);

    /// <summary>What others update of this silo's shard in this step.</summary>
    public FlatRange Left { get; private set; }

    /// <summary>What this silo updates of another's shard in this step.</summary>
    public FlatRange Taken { get; private set; }

    /// <summary>Null where silos do not share the update.</summary>
    public static UpdateHandover? Create(SessionShape shape, IReadOnlyList<IPeerLink> links) =>
        shape.SharesUpdate ? new UpdateHandover(shape, [.. links.Cast<SharedMemoryLink>()]) : null;

    /// <summary>Decides what to leave. To be called with all gradients there, before the others are told so.</summary>
    public void Come(RankWorker worker, long step)
    {
        // Only one can find that all others have been there before it.
        _isBehind = worker.HasDue && AllHaveCome(step);
        var share = _isBehind && _share > 0 && Lend(worker) ? _share : 0;
        Left = new FlatRange(_leavable.Start, share);
        foreach (var link in _links)
        {
            link.Leave(share);
        }

        Volatile.Write(ref _elementsLeft, _elementsLeft + share);
    }

    /// <summary>Updates the silo's shard but for what it leaves, and what falls to it of another's. To be called when all have come.</summary>
    public void Run(ShardUpdate update, RankWorker worker)
    {
        var self = _shape.Plan.Self;
        var shard = _shape.OwnShard;
        update.Run(worker, self, new FlatRange(shard.Start, Left.Start - shard.Start));
        update.Run(worker, self, new FlatRange(Left.End, shard.End - Left.End));
        Taken = Take();
        if (Taken.Length > 0)
        {
            update.Run(worker, _takenFrom, Taken);
        }
    }

    /// <summary>All have updated what they had to.</summary>
    public void StepEnded(RankWorker worker)
    {
        if (_isBehind)
        {
            // Twice as fast up as down: a step that begins late costs all of them more than some elements too many.
            _share = Math.Clamp(_share + (worker.HasDue ? 2 * Unit : -Unit), 0, _leavable.Length / Unit * Unit);
        }
    }

    private bool AllHaveCome(long step)
    {
        foreach (var link in _links)
        {
            if (!link.HasPartials(step))
            {
                return false;
            }
        }

        return true;
    }

    // All silos read the same word, whichever link it is said to.
    private bool Lend(RankWorker worker) => _links[0].TryLend(node: 0, _slot, (float*)worker.Gradients[_slot]);

    /// <summary>An equal part of what the last has left, the first of them for the silo with the lowest number.</summary>
    /// <exception cref="InvalidDataException">It cannot have left that.</exception>
    private FlatRange Take()
    {
        foreach (var link in _links)
        {
            if (link.LeftByPeer() is > 0 and var left)
            {
                var leavable = _shape.Leavable(link.Silo);
                if (left > leavable.Length)
                {
                    throw new InvalidDataException($"Another silo of this host leaves {left} parameters to be updated: it may leave {leavable.Length}.");
                }

                var self = _shape.Plan.Self;
                var part = self < link.Silo ? self : self - 1;
                var (from, to) = (Cut(left, part), Cut(left, part + 1));
                _takenFrom = link.Silo;
                return new FlatRange(leavable.Start + from, to - from);
            }
        }

        return default;
    }

    private long Cut(long left, int part) => left / ParameterLayout.Alignment * part / _links.Length * ParameterLayout.Alignment;
}
