namespace OrleansTrain.Ranks;

/// <summary>
/// Runs work on a thread of its own. Torch keeps the number of threads, the gradient mode and dispose scopes per thread,
/// and a step must never wait for a free pool thread.
/// </summary>
public static class RankThread
{
    /// <summary>Starts the thread; the task ends with the work's result or exception.</summary>
    /// <param name="name">Name of the thread, as debuggers show it.</param>
    public static Task<T> Start<T>(string name, Func<T> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        var completion = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() => Run(work, completion)) { Name = name, IsBackground = true }.Start();
        return completion.Task;
    }

    private static void Run<T>(Func<T> work, TaskCompletionSource<T> completion)
    {
        try
        {
            completion.SetResult(work());
        }
        catch (OperationCanceledException exception)
        {
            completion.SetCanceled(exception.CancellationToken);
        }
        catch (Exception exception)
        {
            completion.SetException(exception);
        }
    }
}
