using OrleansTrain.Client.Output;
using OrleansTrain.Grains.Abstractions.Runs;
using OrleansTrain.Grains.Abstractions.Specs;

namespace OrleansTrain.Client.Runs;

/// <summary>Starts a run on a cluster whose silos may die meanwhile: the same request is made again, and starts one run however often.</summary>
internal sealed class RunStart(IGrainFactory grains, Terminal terminal, TimeProvider time)
{
    // The cluster needs about ten seconds to be sure that a silo is dead, and then finds the grains another.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    /// <returns>The run's ID.</returns>
    /// <exception cref="RunRefusedException">The spec or MLflow does not allow it.</exception>
    /// <exception cref="OrleansException">The cluster has not answered for a minute.</exception>
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
            catch (Exception exception) when (exception is OrleansException or TimeoutException && time.GetElapsedTime(started) < Patience)
            {
                if (!isLost)
                {
                    terminal.Note($"the cluster does not answer, asking again every second: {OneLine.Of(exception.Message.Split(" ---> ", 2)[0])}");
                    isLost = true;
                }
            }

            await Task.Delay(RetryAfter, time, cancellationToken);
        }
    }
}
