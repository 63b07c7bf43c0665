using System.Runtime.CompilerServices;
using OrleansTrain.Client.Errors;
using OrleansTrain.Client.Output;
using OrleansTrain.Grains.Abstractions.Runs;

namespace OrleansTrain.Client.Runs;

/// <summary>Follows a run to its end, through silos that die and come back.</summary>
internal sealed class RunFollower(IGrainFactory grains, string runId, Terminal terminal, TimeProvider time)
{
    // A person reads no faster, and a run should not spend its time answering.
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    /// <summary>Every change of the run's status, the terminal one last.</summary>
    /// <exception cref="CommandFailedException">The cluster knows no such run.</exception>
    public async IAsyncEnumerable<RunStatus> Changes([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var run = grains.GetGrain<ITrainingGrain>(runId);
        var version = -1L;
        while (true)
        {
            var status = await NextAsync(run, version, cancellationToken);
            if (status.Phase == RunPhase.Unknown)
            {
                throw new CommandFailedException($"no run {runId} is known here; 'orleanstrain runs' lists those there are");
            }

            // The last word may come with a version that was seen: a poll that ran out just before the end was announced.
            if (status.Version != version || status.Phase.IsTerminal())
            {
                version = status.Version;
                yield return status;
            }

            if (status.Phase.IsTerminal())
            {
                yield break;
            }

            await Task.Delay(Pace, time, cancellationToken);
        }
    }

    private async Task<RunStatus> NextAsync(ITrainingGrain run, long version, CancellationToken cancellationToken)
    {
        var isLost = false;
        while (true)
        {
            try
            {
                var next = version < 0 ? run.GetStatus() : run.WaitForChange(version);
                var status = await next.WaitAsync(cancellationToken);
                if (isLost)
                {
                    terminal.Note("the run answers again");
                }

                return status;
            }
            catch (Exception exception) when (ClusterSilence.Is(exception))
            {
                if (!isLost)
                {
                    terminal.Note($"the run does not answer, asking again every second: {ClusterSilence.Reason(exception)}");
                    isLost = true;
                }
            }

            await Task.Delay(RetryAfter, time, cancellationToken);
        }
    }
}
