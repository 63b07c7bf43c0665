using OrleansTrain.Grains.Abstractions.Specs;

namespace OrleansTrain.Grains.Abstractions.Runs;

/// <summary>Starts the runs of one experiment. Key: the experiment's name.</summary>
[Alias("OrleansTrain.IExperimentGrain")]
public interface IExperimentGrain : IGrainWithStringKey
{
    /// <summary>
    /// Creates the MLflow run, logs the whole spec as its params, and hands it to the run's training grain.
    /// </summary>
    /// <remarks>
    /// The response timeout is short on purpose: nobody tells a client that the silo died which its gateway had passed the call to, so it is to
    /// ask again. A call that is still at work is joined.
    /// </remarks>
    /// <param name="spec">The resolved spec.</param>
    /// <param name="source">Who starts it.</param>
    /// <param name="requestId">Chosen by the client: repeating a call with the same ID returns the same run.</param>
    /// <returns>The MLflow run ID, the key of the run's grains.</returns>
    /// <exception cref="RunRefusedException">The spec cannot be run, or the tracking server refused the run.</exception>
    [Alias("Start"), ResponseTimeout("00:00:10")]
    Task<string> Start(RunSpec spec, RunSource source, string requestId);
}
