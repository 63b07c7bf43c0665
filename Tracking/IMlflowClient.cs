namespace OrleansTrain.Tracking;

/// <summary>
/// The part of MLflow's REST API that a training run needs, for any MLflow 2.x or 3.x server. Every method throws
/// <see cref="MlflowException"/> when the server cannot be reached, refuses, or answers what is not MLflow's, and is safe to call from
/// several threads. Writes are sent once: see <see cref="MlflowException.MayHaveBeenApplied"/> for when to repeat one.
/// </summary>
public interface IMlflowClient
{
    /// <summary>Address of the server, without credentials.</summary>
    Uri TrackingUri { get; }

    /// <summary>Succeeds when the server is up.</summary>
    Task CheckHealthAsync(CancellationToken cancellationToken = default);

    /// <summary>The server's MLflow version, for example <c>3.6.0</c>.</summary>
    Task<string> GetVersionAsync(CancellationToken cancellationToken = default);

    /// <summary>The active experiment of this name, created if there is none; several callers may race and get the same one.</summary>
    /// <exception cref="MlflowException"><see cref="MlflowErrorCodes.InvalidState"/>: the name belongs to a deleted experiment.</exception>
    Task<MlflowExperiment> GetOrCreateExperimentAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>An experiment by its ID, also a deleted one.</summary>
    Task<MlflowExperiment> GetExperimentAsync(string experimentId, CancellationToken cancellationToken = default);

    /// <summary>An experiment by its name, also a deleted one; null when there is none.</summary>
    Task<MlflowExperiment?> FindExperimentAsync(string name, CancellationToken cancellationToken = default);

    /// <param name="filter">MLflow's filter grammar, for example <c>name LIKE 'mnist%'</c>.</param>
    IAsyncEnumerable<MlflowExperiment> SearchExperimentsAsync(
        string? filter = null,
        IReadOnlyList<string>? orderBy = null,
        MlflowViewType view = MlflowViewType.ActiveOnly,
        CancellationToken cancellationToken = default);

    /// <summary>
    /// Creates a run in state RUNNING. After a failure that <see cref="MlflowException.MayHaveBeenApplied">may have been applied</see>,
    /// search for a tag of the caller's that is unique to the run before creating it again.
    /// </summary>
    Task<MlflowRun> CreateRunAsync(
        string experimentId,
        string? runName,
        DateTimeOffset startTime,
        string? userId = null,
        IReadOnlyList<MlflowTag>? tags = null,
        CancellationToken cancellationToken = default);

    Task<MlflowRun> GetRunAsync(string runId, CancellationToken cancellationToken = default);

    /// <summary>Sets what is given and leaves the rest; repeating it is harmless.</summary>
    Task<MlflowRunInfo> UpdateRunAsync(
        string runId,
        MlflowRunStatus? status = null,
        DateTimeOffset? endTime = null,
        string? runName = null,
        CancellationToken cancellationToken = default);

    /// <param name="filter">MLflow's filter grammar, for example <c>metrics.loss &lt; 0.5 AND tags.stage = 'dev'</c>.</param>
    /// <param name="orderBy">For example <c>metrics.loss ASC</c>.</param>
    IAsyncEnumerable<MlflowRun> SearchRunsAsync(
        IReadOnlyList<string> experimentIds,
        string? filter = null,
        IReadOnlyList<string>? orderBy = null,
        MlflowViewType view = MlflowViewType.ActiveOnly,
        CancellationToken cancellationToken = default);

    /// <summary>
    /// Logs a batch of any size, as several requests one after the other when MLflow's limits ask for it. Each request is all or nothing.
    /// Repeating a batch is harmless: MLflow ignores rows, params and tags it already has.
    /// </summary>
    /// <exception cref="MlflowException"><see cref="MlflowErrorCodes.InvalidParameterValue"/>: a key MLflow would refuse; nothing was sent.</exception>
    Task LogBatchAsync(string runId, MlflowBatch batch, CancellationToken cancellationToken = default);

    Task SetTagAsync(string runId, string key, string value, CancellationToken cancellationToken = default);

    /// <exception cref="MlflowException"><see cref="MlflowErrorCodes.ResourceDoesNotExist"/>: the run has no such tag.</exception>
    Task DeleteTagAsync(string runId, string key, CancellationToken cancellationToken = default);

    /// <summary>Says which datasets the run uses; repeating it is harmless.</summary>
    Task LogInputsAsync(string runId, IReadOnlyList<MlflowDatasetInput> inputs, CancellationToken cancellationToken = default);

    /// <summary>All values of a metric, in the server's order (timestamp, step, value); empty for an unknown run or metric.</summary>
    IAsyncEnumerable<MlflowMetric> GetMetricHistoryAsync(string runId, string key, CancellationToken cancellationToken = default);

    /// <summary>What lies directly in a folder of the run's artifacts; empty when it does not exist.</summary>
    /// <param name="path">Relative to the run's artifact root; empty for the root.</param>
    Task<IReadOnlyList<MlflowArtifact>> ListArtifactsAsync(
        MlflowRunInfo run, string path = "", CancellationToken cancellationToken = default);

    /// <summary>Writes one artifact, replacing an older one. The stream is read from its position and stays open.</summary>
    Task UploadArtifactAsync(
        MlflowRunInfo run,
        string path,
        Stream content,
        string contentType = MediaTypes.Binary,
        CancellationToken cancellationToken = default);

    /// <summary>Writes one artifact from memory.</summary>
    Task UploadArtifactAsync(
        MlflowRunInfo run,
        string path,
        ReadOnlyMemory<byte> content,
        string contentType = MediaTypes.Binary,
        CancellationToken cancellationToken = default);

    /// <summary>Copies one artifact into a stream, which stays open. After a failure the stream may hold a part of it.</summary>
    Task DownloadArtifactAsync(MlflowRunInfo run, string path, Stream destination, CancellationToken cancellationToken = default);
}
