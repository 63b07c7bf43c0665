namespace OrleansTrain.Tracking.Http;

/// <summary>Cancels a transfer that makes no progress for a while; a caller's own cancellation stays distinguishable.</summary>
internal sealed class TransferWatchdog : IDisposable
{
    private readonly TimeSpan _patience;
    private readonly CancellationToken _caller;
    private readonly CancellationTokenSource _timer;
    private readonly CancellationTokenSource _linked;

    public TransferWatchdog(TimeSpan patience, TimeProvider timeProvider, CancellationToken caller)
    {
        _patience = patience;
        _caller = caller;
        _timer = new CancellationTokenSource(patience, timeProvider);
        _linked = CancellationTokenSource.CreateLinkedTokenSource(_timer.Token, caller);
    }

    public CancellationToken Token => _linked.Token;

    public void Progress() => _timer.CancelAfter(_patience);

    public void ThrowIfCallerCanceled() => _caller.ThrowIfCancellationRequested();

    public void Dispose()
    {
        _linked.Dispose();
        _timer.Dispose();
    }
}
