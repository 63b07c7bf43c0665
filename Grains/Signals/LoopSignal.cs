namespace OrleansTrain.Grains.Signals;

/// <summary>
/// Wakes the one loop that acts for a grain. What happens while the loop is busy is not lost: its next wait returns at once. Used within one grain's turns.
/// </summary>
internal sealed class LoopSignal
{
    private TaskCompletionSource _happened = Next();

    /// <summary>Something happened for the loop to deal with.</summary>
    public void Raise() => _happened.TrySetResult();

    /// <summary>Returns when something has happened since it last returned for that, when <paramref name="other"/> has ended, or after <paramref name="patience"/>.</summary>
    /// <param name="gathering">How long what has happened may wait for what comes with it, so that the loop deals with all of it at once.</param>
    /// <param name="other">Something else that the loop waits for, if anything.</param>
    /// <returns>True when something has happened.</returns>
    public async Task<bool> Wait(TimeSpan patience, TimeProvider time, TimeSpan gathering = default, Task? other = null)
    {
        using var timer = new CancellationTokenSource(patience, time);
        Task awaited = other is null ? _happened.Task : Task.WhenAny(_happened.Task, other);
        await awaited.WaitAsync(timer.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        if (!_happened.Task.IsCompleted)
        {
            return false;
        }

        if (gathering > TimeSpan.Zero)
        {
            await Task.Delay(gathering, time);
        }

        _happened = Next();
        return true;
    }

    private static TaskCompletionSource Next() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
