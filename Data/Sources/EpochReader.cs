using OrleansTrain.Data.Blocks;
using OrleansTrain.Data.Order;
using OrleansTrain.Data.Schema;

namespace OrleansTrain.Data.Sources;

/// <summary>
/// One rank's way through one epoch: keeps the windows that its next samples lie in, and loads the one it will need next meanwhile.
/// Used by one thread at a time.
/// </summary>
internal sealed class EpochReader
{
    private readonly RecordSchema _schema;
    private readonly IBlockSupply _supply;
    private readonly int _rank;
    private readonly int[] _skipped;
    private readonly DataBlock?[] _blocks;
    private readonly SampleRef[] _samples;
    private int _count;
    private readonly List<WindowLoad> _windows = [];
    private readonly List<Task> _closing = [];
    private WindowLoad? _current;
    private bool _prefetched;

    /// <summary>Starts loading what step <paramref name="firstStep"/> needs.</summary>
    /// <param name="schema">The columns that every block must have: batches are gathered by their places.</param>
    /// <param name="skipped">Is told how many bad records each block has that this reader meets.</param>
    public EpochReader(EpochOrder order, RecordSchema schema, int blockCount, IBlockSupply supply, int rank, int batchSize, int epoch, long firstStep, int[] skipped)
    {
        (Order, _schema, _supply, _rank, Epoch, NextStep, _skipped) = (order, schema, supply, rank, epoch, firstStep, skipped);
        _blocks = new DataBlock?[blockCount];
        _samples = new SampleRef[batchSize];
        if (firstStep < order.Steps.Count && order.Steps.Slice(rank, firstStep) is { Count: > 0 } slice)
        {
            _windows.Add(new WindowLoad(order, order.WindowOf(slice.First), supply));
        }
    }

    public int Epoch { get; }

    public EpochOrder Order { get; }

    /// <summary>The step that <see cref="Next"/> gives.</summary>
    public long NextStep { get; private set; }

    /// <summary>Whether <see cref="Next"/> has nothing to wait for: its samples lie in the window that is open.</summary>
    public bool HasNext
    {
        get
        {
            if (_current is null || NextStep >= Order.Steps.Count)
            {
                return false;
            }

            var (first, count) = Order.Steps.Slice(_rank, NextStep);
            return count > 0 && first >= _current.First && first + count <= _current.End;
        }
    }

    /// <summary>Whether this epoch needs no further window: time to think of the next one.</summary>
    public bool LastWindow => _prefetched && _windows.Count <= 1;

    /// <summary>Blocks by number; those of the samples that <see cref="Next"/> has just given are there.</summary>
    public DataBlock?[] Blocks => _blocks;

    /// <summary>The rank's samples of the step that <see cref="Next"/> has come to; none at the end of the epoch.</summary>
    public ReadOnlySpan<SampleRef> Samples => _samples.AsSpan(0, _count);

    /// <summary>Goes to the next step's <see cref="Samples"/>. Waits for their windows.</summary>
    public void Next(CancellationToken cancellationToken)
    {
        _count = 0;
        if (NextStep >= Order.Steps.Count)
        {
            return;
        }

        var (first, count) = Order.Steps.Slice(_rank, NextStep++);
        for (var taken = 0; taken < count;)
        {
            var samples = Enter(first + taken, cancellationToken);
            var from = (int)(first + taken - _current!.First);
            var part = samples.Slice(from, (int)Math.Min(count - taken, samples.Length - from));
            part.CopyTo(_samples.AsSpan(taken));
            taken += part.Length;
            Drop(before: Order.WindowOf(first));
        }

        _count = count;
    }

    /// <summary>Gives all blocks back; completes when also those have been that were still on their way.</summary>
    public Task Close()
    {
        _current = null;
        Drop(before: int.MaxValue);
        return Task.WhenAll(_closing);
    }

    private ReadOnlySpan<SampleRef> Enter(long position, CancellationToken cancellationToken)
    {
        if (_current is not null && position >= _current.First && position < _current.End)
        {
            return _current.Samples;
        }

        var number = Order.WindowOf(position);
        var window = _windows.Find(candidate => candidate.Window == number);
        if (window is null)
        {
            window = new WindowLoad(Order, number, _supply);
            _windows.Add(window);
        }

        window.Loaded.Wait(cancellationToken);
        foreach (var (block, lease) in Order.Blocks(number).ToArray().Zip(window.Loaded.Result))
        {
            Check(lease.Block);
            _blocks[block] = lease.Block;
            _skipped[block] = lease.Block.Skipped;
        }

        _current = window;
        Prefetch(window.End);
        return window.Samples;
    }

    /// <exception cref="DatasetException">A block's records are laid out otherwise than those the run was opened with.</exception>
    private void Check(DataBlock block)
    {
        if (block.Count > 0 && !_schema.Matches(block.Schema))
        {
            throw new DatasetException($"{block.Origin} does not fit the data before it: expected {_schema}, found {block.Schema}.");
        }
    }

    /// <summary>Starts loading the window in which this rank finds its first sample from a position on.</summary>
    private void Prefetch(long from)
    {
        for (var step = NextStep - 1; step < Order.Steps.Count; step = Math.Max(step + 1, Order.Steps.StepOf(from)))
        {
            var (first, count) = Order.Steps.Slice(_rank, step);
            if (count > 0 && first + count > from)
            {
                var number = Order.WindowOf(Math.Max(first, from));
                if (!_windows.Exists(window => window.Window == number))
                {
                    _windows.Add(new WindowLoad(Order, number, _supply));
                }

                return;
            }
        }

        _prefetched = true;
    }

    private void Drop(int before)
    {
        _closing.RemoveAll(task => task.IsCompleted);
        for (var i = _windows.Count - 1; i >= 0; i--)
        {
            if (_windows[i].Window < before)
            {
                _closing.Add(_windows[i].DisposeAsync().AsTask());
                _windows.RemoveAt(i);
            }
        }
    }
}
