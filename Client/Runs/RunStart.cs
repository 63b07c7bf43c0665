using OrleansTrain.Client.Errors;
using OrleansTrain.Client.Output;
using OrleansTrain.Grains.Abstractions.Runs;
using OrleansTrain.Grains.Abstractions.Specs;

namespace OrleansTrain.Client.Runs;

/// <summary>Starts a run on a cluster whose silos may die meanwhile: the same request is made again, and starts one run however often.</summary>
internal sealed class RunStart(IGrainFactory grains, Terminal terminal, TimeProvider time)
{
    // Longer than an MLflow that accepts and never answers may take (two minutes by its own default): its refusal says more than a time-out.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(150);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    /// <returns>The run's ID.</returns>
    /// <exception cref="RunRefusedException">The spec or MLflow does not allow it.</exception>
    /// <exception cref="CommandFailedException">The cluster has not answered for two and a half minutes.</exception>
    public async Task<string> StartAsync(RunSpec spec, RunSource source, CancellationToken cancellationToken)
    {
        var requestId = Guid.NewGuid().ToString("N");
        var started = time.GetTimestamp();
        var isLost = false;
        while (true)
        {
            try
            {
                return await grains.GetGrain<IExperimentGrain>(spec.Experiment).Start(spec, source, requestId).WaitAsync(cancellationToken);
            }
            catch (Exception exception) when (ClusterSilence.Is(exception) && time.GetElapsedTime(started) < Patience)
            {
                if (!isLost)
                {
                    terminal.Note($"no answer yet, asking again every second: {ClusterSilence.Reason(exception)}");
                    isLost = true;
                }
            }
            catch (Exception exception) when (ClusterSilence.Is(exception))
            {
                throw new CommandFailedException(
                    $"the cluster has not answered for {Patience.TotalSeconds:F0} s; whether it has taken the run shows in 'orleanstrain runs', what is wrong with it in "
                    + "'orleanstrain doctor'", exception);
            }

            await Task.Delay(RetryAfter, time, cancellationToken);
        }
    }
}
