namespace OrleansTrain.Grains.Signals;

/// <summary>
/// Wakes the one loop that acts for a grain. What happens while the loop is busy is not lost: its next wait returns at once. Used within one grain's turns.
/// </summary>
internal sealed class LoopSignal
{
    private TaskCompletionSource _happened = Next();

    /// <summary>Something happened for the loop to deal with.</summary>
    public void Raise() => _happened.TrySetResult();

    /// <summary>Returns when something has happened since the last return, or after <paramref name="patience"/>.</summary>
    /// <param name="gathering">How long what has happened may wait for what comes with it, so that the loop deals with all of it at once.</param>
    public async Task Wait(TimeSpan patience, TimeProvider time, TimeSpan gathering = default)
    {
        using var timer = new CancellationTokenSource(patience, time);
        await _happened.Task.WaitAsync(timer.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        if (!_happened.Task.IsCompleted)
        {
            return;
        }

        if (gathering > TimeSpan.Zero)
        {
            await Task.Delay(gathering, time);
        }

        _happened = Next();
    }

    private static TaskCompletionSource Next() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
