using Orleans.Concurrency;
using OrleansTrain.Grains.Abstractions.Specs;

namespace OrleansTrain.Grains.Abstractions.Runs;

/// <summary>
/// Runs one training run: attempts, placement, recovery, checkpoints, evaluation. One persistent state machine. Key: the MLflow run ID.
/// </summary>
[Alias("OrleansTrain.ITrainingGrain")]
public interface ITrainingGrain : IGrainWithStringKey
{
    /// <summary>Accepts a new run; returns when its state is stored. Idempotent.</summary>
    [Alias("Start")]
    Task Start(RunSpec spec, string experimentId, string trackingUri);

    /// <summary>Where the run stands. Never waits for training.</summary>
    [Alias("GetStatus"), AlwaysInterleave]
    Task<RunStatus> GetStatus();

    /// <summary>
    /// Returns when the status is newer than <paramref name="version"/>, or after at most three seconds with what there is.
    /// </summary>
    [Alias("WaitForChange"), AlwaysInterleave, ResponseTimeout("00:00:05")]
    Task<RunStatus> WaitForChange(long version);

    /// <summary>
    /// The timeline of the traced steps of all ranks, as Chrome and Perfetto open it (JSON, UTF-8); null when there is none yet, or when this
    /// grain has been lost since: it is the run's artifact <c>trace.json</c> besides.
    /// </summary>
    [Alias("GetTrace"), AlwaysInterleave]
    Task<byte[]?> GetTrace();

    /// <summary>
    /// Ends the run as KILLED after the current step; returns when it has ended, or after at most three seconds with where it stands: ask again.
    /// Metrics and checkpoints so far are kept.
    /// </summary>
    [Alias("Cancel"), AlwaysInterleave, ResponseTimeout("00:00:05")]
    Task<RunStatus> Cancel(string reason);

    /// <summary>Continues a FAILED or KILLED run from its newest good checkpoint.</summary>
    /// <param name="epochs">New number of epochs in all, or null to keep the one of the spec.</param>
    /// <exception cref="RunRefusedException">The run is unknown, still running, or finished with nothing left to do.</exception>
    [Alias("Resume")]
    Task Resume(int? epochs);

    /// <summary>
    /// A rank has ended, or has not been asked for long: wakes the run, also after its host has died.
    /// </summary>
    /// <returns>False: the run has gone on without this attempt, whose ranks should end.</returns>
    [Alias("Nudge"), AlwaysInterleave, ResponseTimeout("00:00:02")]
    Task<bool> Nudge(int attempt, int rank);

    /// <summary>A silo that hosts ranks of this run is about to leave: they are stopped at the next step and placed elsewhere.</summary>
    [Alias("SiloLeaving"), AlwaysInterleave]
    Task SiloLeaving(string silo);
}
