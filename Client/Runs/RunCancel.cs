using OrleansTrain.Client.Errors;
using OrleansTrain.Grains.Abstractions.Runs;

namespace OrleansTrain.Client.Runs;

/// <summary>Cancels a run, also when the silo dies that is asked: asks again until the run has ended.</summary>
internal sealed class RunCancel(IGrainFactory grains, TimeProvider time)
{
    /// <summary>How long a run on a cluster may take to end: it completes a checkpoint of its last step.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    /// <returns>The status the run has ended with.</returns>
    /// <exception cref="TimeoutException">It has not ended in this time.</exception>
    public async Task<RunStatus> CancelAsync(string runId, string reason, TimeSpan patience, CancellationToken cancellationToken = default)
    {
        using var limit = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var last = "it does not answer";
        while (true)
        {
            try
            {
                var status = await grains.GetGrain<ITrainingGrain>(runId).Cancel(reason).WaitAsync(either.Token);
                if (status.Phase.IsTerminal() || status.Phase == RunPhase.Unknown)
                {
                    return status;
                }

                last = status.Message.Length > 0 ? status.Message : $"it is {status.Phase}";
            }
            catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                throw new TimeoutException($"not within {patience.TotalSeconds:F0} s: {last}");
            }
            catch (Exception exception) when (ClusterSilence.Is(exception))
            {
                last = ClusterSilence.Reason(exception);
                await Task.Delay(RetryAfter, time, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
