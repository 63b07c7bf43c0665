namespace OrleansTrain.Data.Order;

/// <summary>
/// The order of one epoch: a pure function of (seed, epoch, world size, batch size, mode) and the blocks' record counts, the same on any machine.
/// Blocks are permuted (<see cref="ShuffleMode.Global"/>) and cut into windows of whole blocks; each window is shuffled when it is asked for,
/// so that memory does not grow with the dataset. A dataset that fits one window has the order that PyTorch's <c>DistributedSampler</c> gives it
/// with the same seed. Immutable and thread-safe.
/// </summary>
internal sealed class EpochOrder
{
    private readonly OrderSpec _spec;
    private readonly int _epoch;
    private readonly RecordSubset _subset;
    private readonly int[] _blocks;
    private readonly List<int> _firstBlock = [];
    private readonly List<long> _firstPosition = [];

    public EpochOrder(OrderSpec spec, IReadOnlyList<int> recordsPerBlock, int epoch)
        : this(spec, new RecordSubset(recordsPerBlock), epoch)
    {
    }

    /// <summary>The order of a part of the records; what takes no part does not count.</summary>
    public EpochOrder(OrderSpec spec, RecordSubset subset, int epoch)
    {
        (_spec, _subset, _epoch) = (spec, subset, epoch);
        var recordsPerBlock = subset.Counts;
        _blocks = [.. Enumerable.Range(0, recordsPerBlock.Count)];
        if (spec.Shuffle == ShuffleMode.Global)
        {
            TorchPermutation.Apply<int>(_blocks, (long)Mix.Of(spec.Seed, Mix.Blocks, epoch, 0));
        }

        long position = 0, inWindow = 0;
        for (var i = 0; i < _blocks.Length; i++)
        {
            var records = recordsPerBlock[_blocks[i]];
            if (i == 0 || inWindow + records > spec.WindowLimit(epoch, _firstBlock.Count - 1))
            {
                _firstBlock.Add(i);
                _firstPosition.Add(position);
                inWindow = 0;
            }

            inWindow += records;
            position += records;
        }

        Steps = new StepPlan(spec, position);
    }

    /// <summary>How positions fall to steps and ranks.</summary>
    public StepPlan Steps { get; }

    /// <summary>Number of windows.</summary>
    public int Windows => _firstBlock.Count;

    /// <summary>The window that a position lies in.</summary>
    public int WindowOf(long position)
    {
        var index = _firstPosition.BinarySearch(position);
        if (index < 0)
        {
            return ~index - 1;
        }

        // Empty blocks may give several windows the same first position; the last of them has the record.
        while (index + 1 < _firstPosition.Count && _firstPosition[index + 1] == position)
        {
            index++;
        }

        return index;
    }

    /// <summary>First position of a window; for one past the last window, the number of records.</summary>
    public long FirstPosition(int window) => window < Windows ? _firstPosition[window] : Steps.Records;

    /// <summary>The blocks of a window.</summary>
    public ReadOnlySpan<int> Blocks(int window) => _blocks.AsSpan(_firstBlock[window], (window + 1 < Windows ? _firstBlock[window + 1] : _blocks.Length) - _firstBlock[window]);

    /// <summary>Number of a window's records.</summary>
    public int Records(int window) => checked((int)(FirstPosition(window + 1) - FirstPosition(window)));

    /// <summary>Writes the records of a window in the order they are taken.</summary>
    /// <param name="samples">As many as <see cref="Records"/> says.</param>
    public void Window(int window, Span<SampleRef> samples)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(samples.Length, Records(window), nameof(samples));
        var next = 0;

        // As they are stored, in whatever order the blocks came: PyTorch permutes the numbers of the samples.
        foreach (var block in Blocks(window).ToArray().Order())
        {
            next += _subset.Write(block, samples[next..]);
        }

        if (_spec.Shuffle != ShuffleMode.None)
        {
            TorchPermutation.Apply(samples, SeedOf(window));
        }
    }

    // DistributedSampler's for the first window; for the others any that does not come up again in a later epoch.
    private long SeedOf(int window) => window == 0 ? unchecked(_spec.Seed + _epoch) : (long)Mix.Of(_spec.Seed, Mix.Window, _epoch, window);
}
