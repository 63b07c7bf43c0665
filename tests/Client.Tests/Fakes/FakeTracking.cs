using OrleansTrain.Client.History;
using OrleansTrain.Tracking;

namespace OrleansTrain.Client.Tests.Fakes;

/// <summary>A tracking server that holds some runs of one experiment.</summary>
internal sealed class FakeTracking(params MlflowRun[] runs) : ITrackingAccess, ITrackingConnection, IMlflowClient
{
    public IReadOnlyList<MlflowMetric> History { get; init; } = [];

    public Uri TrackingUri { get; } = new("http://127.0.0.1:5000/");

    public IMlflowClient Mlflow => this;

    public Task<ITrackingConnection> OpenAsync(CancellationToken cancellationToken) => Task.FromResult<ITrackingConnection>(this);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    public Task<MlflowRun> GetRunAsync(string runId, CancellationToken cancellationToken = default) =>
        runs.FirstOrDefault(run => run.RunId == runId) is { } found
            ? Task.FromResult(found)
            : Task.FromException<MlflowRun>(new MlflowException($"Run with id={runId} not found", MlflowErrorCodes.ResourceDoesNotExist));

    public Task<MlflowExperiment> GetExperimentAsync(string experimentId, CancellationToken cancellationToken = default) =>
        Task.FromResult(new MlflowExperiment(experimentId, "digits"));

    public IAsyncEnumerable<MlflowExperiment> SearchExperimentsAsync(
        string? filter = null,
        IReadOnlyList<string>? orderBy = null,
        MlflowViewType view = MlflowViewType.ActiveOnly,
        CancellationToken cancellationToken = default) => new[] { new MlflowExperiment("1", "digits") }.ToAsyncEnumerable();

    public IAsyncEnumerable<MlflowRun> SearchRunsAsync(
        IReadOnlyList<string> experimentIds,
        string? filter = null,
        IReadOnlyList<string>? orderBy = null,
        MlflowViewType view = MlflowViewType.ActiveOnly,
        CancellationToken cancellationToken = default) => runs.ToAsyncEnumerable();

    public IAsyncEnumerable<MlflowMetric> GetMetricHistoryAsync(string runId, string key, CancellationToken cancellationToken = default) =>
        History.Where(metric => metric.Key == key).ToAsyncEnumerable();

    public Task CheckHealthAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<string> GetVersionAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<MlflowExperiment> GetOrCreateExperimentAsync(string name, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<MlflowExperiment?> FindExperimentAsync(string name, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<MlflowRun> CreateRunAsync(
        string experimentId,
        string? runName,
        DateTimeOffset startTime,
        string? userId = null,
        IReadOnlyList<MlflowTag>? tags = null,
        CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<MlflowRunInfo> UpdateRunAsync(
        string runId,
        MlflowRunStatus? status = null,
        DateTimeOffset? endTime = null,
        string? runName = null,
        CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task LogBatchAsync(string runId, MlflowBatch batch, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task SetTagAsync(string runId, string key, string value, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task DeleteTagAsync(string runId, string key, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task LogInputsAsync(string runId, IReadOnlyList<MlflowDatasetInput> inputs, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public Task<IReadOnlyList<MlflowArtifact>> ListArtifactsAsync(MlflowRunInfo run, string path = "", CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public Task UploadArtifactAsync(
        MlflowRunInfo run,
        string path,
        Stream content,
        string contentType = MediaTypes.Binary,
        CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task UploadArtifactAsync(
        MlflowRunInfo run,
        string path,
        ReadOnlyMemory<byte> content,
        string contentType = MediaTypes.Binary,
        CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task DownloadArtifactAsync(MlflowRunInfo run, string path, Stream destination, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();
}
