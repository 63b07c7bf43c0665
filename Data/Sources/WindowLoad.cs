using OrleansTrain.Data.Blocks;
using OrleansTrain.Data.Order;

namespace OrleansTrain.Data.Sources;

/// <summary>One shuffle window on its way into memory, or there: its order and leases of its blocks.</summary>
internal sealed class WindowLoad : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();

    public WindowLoad(EpochOrder order, int window, IBlockSupply supply)
    {
        (Window, First, End) = (window, order.FirstPosition(window), order.FirstPosition(window + 1));
        Loaded = Task.Run(() => Load(order, supply, _stop.Token));
    }

    public int Window { get; }

    /// <summary>Position of its first record in the epoch.</summary>
    public long First { get; }

    /// <summary>Position behind its last record.</summary>
    public long End { get; }

    public Task<(SampleRef[] Samples, BlockLease[] Leases)> Loaded { get; }

    /// <summary>Gives the blocks back, now or when they have arrived; what went wrong with them is nobody's business any more.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await ((Task)Loaded).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (Loaded.IsCompletedSuccessfully)
        {
            GiveBack(Loaded.Result.Leases);
        }

        _stop.Dispose();
    }

    private async Task<(SampleRef[] Samples, BlockLease[] Leases)> Load(EpochOrder order, IBlockSupply supply, CancellationToken cancellationToken)
    {
        var blocks = order.Blocks(Window).ToArray();
        var leases = blocks.Select(block => supply.Acquire(block, cancellationToken)).ToArray();
        try
        {
            var samples = order.Window(Window);
            return (samples, await Task.WhenAll(leases));
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
