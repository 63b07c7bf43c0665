using OrleansTrain.Exchange.Layout;
using OrleansTrain.Training.Replicas;

namespace OrleansTrain.Exchange.Sessions;

/// <summary>
/// Sends partial sums while backward passes still run, as PyTorch DDP does with its buckets: a chunk that all ranks of the silo have their gradient
/// of goes out by a thread of the session's own. What is not on its way when the ranks come to <see cref="IExchangeSession.Step"/>, they send.
/// </summary>
/// <remarks>
/// Only gradients are early. Backward passes still read the parameters, so the other silos' new ones wait until all ranks of this silo have come
/// (<see cref="Links.IPeerLink.AllowParameters"/>).
/// </remarks>
internal sealed class EarlySums : IDisposable
{
    private readonly PartialSums _partials;
    private readonly RankWorker[] _ranks;
    private readonly RankWorker _own;
    private readonly GradientReaders _readers;
    private readonly Action<Exception> _fail;
    private readonly Sink[] _sinks;
    private readonly int[][] _itemsOfSlot;
    private readonly int[] _needed;
    private readonly int[] _missing;

    /// <summary>By item: the last step that somebody has taken it for.</summary>
    private readonly long[] _taken;
    private readonly Queue<(int Item, long Step)> _ready;
    private readonly int _room;
    private readonly Thread _thread;
    private bool _ended;

    /// <param name="own">Scratch memory of the thread; the ranks' is theirs.</param>
    /// <param name="readers">Whoever reads gradients is counted here.</param>
    /// <param name="fail">Is told of an error of the thread.</param>
    public EarlySums(SessionShape shape, PartialSums partials, RankWorker[] ranks, RankWorker own, GradientReaders readers, Action<Exception> fail)
    {
        (_partials, _ranks, _own, _readers, _fail) = (partials, ranks, own, readers, fail);
        var slots = Enumerable.Range(0, partials.Items).Select(item => Slots(shape, partials.Range(item))).ToList();
        var items = slots.Index().SelectMany(entry => entry.Item.Select(slot => (Slot: slot, Item: entry.Index))).ToLookup(pair => pair.Slot, pair => pair.Item);
        _itemsOfSlot = [.. Enumerable.Range(0, shape.Plan.Layout.Slots.Count).Select(slot => items[slot].ToArray())];
        _needed = [.. slots.Select(needed => needed.Count * ranks.Length)];
        _missing = [.. _needed];
        _taken = new long[partials.Items];
        Array.Fill(_taken, shape.Plan.FirstStep - 1);
        _sinks = [.. ranks.Select(rank => new Sink(this, rank))];
        _room = partials.Items;
        _ready = new Queue<(int, long)>(_room);
        _thread = new Thread(Send) { IsBackground = true, Name = $"early sums of silo {shape.Plan.Self}" };
        _thread.Start();
    }

    /// <summary>Where a rank tells its gradients.</summary>
    public IGradientSink Of(RankWorker rank) => _sinks[rank.Index];

    /// <summary>Takes an item for a step; false when somebody has it.</summary>
    public bool TryTake(int item, long step) => Interlocked.CompareExchange(ref _taken[item], step, step - 1) == step - 1;

    /// <summary>All ranks have come: until the next step nothing is told.</summary>
    public void Reset() => _needed.CopyTo(_missing, 0);

    /// <summary>Ends the thread. Its links must have been closed, so that it is not held up.</summary>
    public void Dispose()
    {
        lock (_ready)
        {
            _ended = true;
            Monitor.Pulse(_ready);
        }

        _thread.Join();
        _own.Dispose();
    }

    private static HashSet<int> Slots(SessionShape shape, FlatRange range)
    {
        var slots = new HashSet<int>();
        foreach (var piece in shape.Pieces.Pieces(range))
        {
            slots.Add(piece.Slot);
        }

        return slots;
    }

    private void Ready(RankWorker rank, int slot, nint gradient)
    {
        rank.OfferEarly(slot, gradient);
        foreach (var item in _itemsOfSlot[slot])
        {
            if (Interlocked.Decrement(ref _missing[item]) == 0)
            {
                Enqueue(item, rank.Begun);
            }
        }
    }

    private void Enqueue(int item, long step)
    {
        lock (_ready)
        {
            // A thread that is that far behind is not needed: the ranks send what it has not taken.
            if (_ready.Count < _room)
            {
                _ready.Enqueue((item, step));
                Monitor.Pulse(_ready);
            }
        }
    }

    private bool TryDequeue(out (int Item, long Step) ready)
    {
        lock (_ready)
        {
            while (!_ended && _ready.Count == 0)
            {
                Monitor.Wait(_ready);
            }

            return !_ended & _ready.TryDequeue(out ready);
        }
    }

    private void Send()
    {
        try
        {
            while (TryDequeue(out var ready))
            {
                // Before it is taken: whoever takes an item sees to it that it is sent.
                using var reading = _readers.Enter();
                if (TryTake(ready.Item, ready.Step))
                {
                    _partials.Run(_own, ready.Item, ready.Step, RankWorker.Requests(_ranks));
                }
            }
        }
        catch (Exception error)
        {
            _fail(error);
        }
    }

    private sealed class Sink(EarlySums owner, RankWorker rank) : IGradientSink
    {
        public void Ready(int slot, nint gradient) => owner.Ready(rank, slot, gradient);
    }
}
