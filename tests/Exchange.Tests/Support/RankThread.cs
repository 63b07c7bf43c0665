namespace OrleansTrain.Exchange.Tests.Support;

/// <summary>A rank's own thread, as a trainer has one; what it threw is the task's outcome.</summary>
internal static class RankThread
{
    public static Task<T> Run<T>(Func<T> body)
    {
        var outcome = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            try
            {
                outcome.SetResult(body());
            }
            catch (Exception error)
            {
                outcome.SetException(error);
            }
        })
        {
            IsBackground = true,
        };
        thread.Start();
        return outcome.Task;
    }

    public static StepRequests Step(
        IExchangeSession session, int rank, float[][] gradients, long step, double learningRate = 0.1, StepRequests request = StepRequests.None)
    {
        using var pinned = new PinnedGradients(gradients);
        return session.Step(rank, pinned.Pointers, step, learningRate, request);
    }
}
