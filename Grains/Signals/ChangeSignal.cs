namespace OrleansTrain.Grains.Signals;

/// <summary>Wakes all who wait for something to change. They look for themselves before they wait: a change goes to nobody who comes later. Used within one grain's turns.</summary>
internal sealed class ChangeSignal
{
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Something has changed: all who wait now go on.</summary>
    public void Raise()
    {
        var happened = _next;
        _next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        happened.TrySetResult();
    }

    /// <summary>Returns at the next <see cref="Raise"/>, or after <paramref name="patience"/>.</summary>
    public async Task Changed(TimeSpan patience, TimeProvider time)
    {
        using var timer = new CancellationTokenSource(patience, time);
        await _next.Task.WaitAsync(timer.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }
}
