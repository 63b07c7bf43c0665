using OrleansTrain.Hosting;

namespace OrleansTrain.Client.Sessions;

/// <summary>
/// Closes a session with all the time it takes, unless the user has interrupted: then with two seconds, after which the process ends anyway.
/// </summary>
internal sealed class ImpatientClosing(IClusterSession session, TimeProvider time, CancellationToken interrupted) : IAsyncDisposable
{
    private static readonly TimeSpan LongestWhenInterrupted = TimeSpan.FromSeconds(2);

    public async ValueTask DisposeAsync()
    {
        var closing = session.DisposeAsync().AsTask();
        try
        {
            await closing.WaitAsync(interrupted);
        }
        catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
        {
            await closing.WaitAsync(LongestWhenInterrupted, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
