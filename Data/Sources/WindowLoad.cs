using System.Buffers;
using OrleansTrain.Data.Blocks;
using OrleansTrain.Data.Order;

namespace OrleansTrain.Data.Sources;

/// <summary>
/// One shuffle window on its way into memory, or there: its order and leases of its blocks. The order lies in a pooled array: the garbage collector would
/// let one of each epoch lie for as long as there is room.
/// </summary>
internal sealed class WindowLoad : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly SampleRef[] _samples;

    public WindowLoad(EpochOrder order, int window, IBlockSupply supply)
    {
        (Window, First, End) = (window, order.FirstPosition(window), order.FirstPosition(window + 1));
        _samples = ArrayPool<SampleRef>.Shared.Rent(order.Records(window));
        Loaded = Task.Run(() => Load(order, supply, _stop.Token));
    }

    public int Window { get; }

    /// <summary>Position of its first record in the epoch.</summary>
    public long First { get; }

    /// <summary>Position behind its last record.</summary>
    public long End { get; }

    /// <summary>Completes with the blocks when everything is there.</summary>
    public Task<BlockLease[]> Loaded { get; }

    /// <summary>The records in the order they are taken: there when <see cref="Loaded"/> has completed, until this is disposed.</summary>
    public ReadOnlySpan<SampleRef> Samples => _samples.AsSpan(0, (int)(End - First));

    /// <summary>Gives the blocks back, now or when they have arrived; what went wrong with them is nobody's business any more.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await ((Task)Loaded).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (Loaded.IsCompletedSuccessfully)
        {
            GiveBack(Loaded.Result);
        }

        ArrayPool<SampleRef>.Shared.Return(_samples);
        _stop.Dispose();
    }

    private async Task<BlockLease[]> Load(EpochOrder order, IBlockSupply supply, CancellationToken cancellationToken)
    {
        var blocks = order.Blocks(Window).ToArray();
        var leases = blocks.Select(block => supply.Acquire(block, cancellationToken)).ToArray();
        try
        {
            order.Window(Window, _samples.AsSpan(0, order.Records(Window)));
            return await Task.WhenAll(leases);
        }
        catch
        {
            await ((Task)Task.WhenAll(leases)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            GiveBack(leases.Where(lease => lease.IsCompletedSuccessfully).Select(lease => lease.Result));
            throw;
        }
    }

    private static void GiveBack(IEnumerable<BlockLease> leases)
    {
        foreach (var lease in leases)
        {
            lease.Dispose();
        }
    }
}
