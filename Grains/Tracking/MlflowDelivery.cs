using System.Text.Json;
using OrleansTrain.Grains.Abstractions.Tracking;
using OrleansTrain.Storage;
using OrleansTrain.Tracking;

namespace OrleansTrain.Grains.Tracking;

/// <summary>Turns outbox entries into calls to MLflow. Every call may be repeated without showing twice.</summary>
internal sealed class MlflowDelivery(IMlflowClient mlflow, IObjectStores stores)
{
    /// <summary>Which server this delivers to.</summary>
    public string Server => mlflow.TrackingUri.ToString().TrimEnd('/');

    /// <summary>Sends one batch of an outbox.</summary>
    /// <param name="mayBeThere">The batch was sent before and its fate is not known: points that MLflow has are left out.</param>
    /// <exception cref="MlflowException">It was not delivered.</exception>
    /// <exception cref="ObjectStoreException">The content of an artifact could not be read.</exception>
    public Task Send(string runId, IReadOnlyList<OutboxEntry> entries, bool mayBeThere, CancellationToken cancellationToken) => entries[0] switch
    {
        StatusEntry status => mlflow.UpdateRunAsync(runId, ParseStatus(status.Status), status.EndTime, cancellationToken: cancellationToken),
        ArtifactEntry artifact => Upload(runId, artifact, cancellationToken),
        StoredArtifactEntry artifact => Upload(runId, artifact, cancellationToken),
        DatasetEntry dataset => mlflow.LogInputsAsync(runId, [ToInput(dataset.Dataset)], cancellationToken),
        _ => SendBatch(runId, entries, mayBeThere, cancellationToken),
    };

    private async Task SendBatch(string runId, IReadOnlyList<OutboxEntry> entries, bool mayBeThere, CancellationToken cancellationToken)
    {
        var points = entries.OfType<MetricEntry>().Select(entry => entry.Point).ToList();
        if (mayBeThere)
        {
            points = await WithoutThoseLogged(runId, points, cancellationToken);
        }

        await mlflow.LogBatchAsync(
            runId,
            new MlflowBatch
            {
                Metrics = [.. points.Select(point => new MlflowMetric(point.Key, point.Value, point.TimestampMilliseconds, point.Step))],
                Params = [.. entries.OfType<ParamEntry>().Select(entry => new MlflowParam(entry.Key, entry.Value))],
                Tags = [.. entries.OfType<TagEntry>().Select(entry => new MlflowTag(entry.Key, entry.Value))],
            },
            cancellationToken);
    }

    // MLflow's SQL stores ignore a row they have; its file store, and servers that only look like MLflow, would show it twice.
    private async Task<List<MetricPoint>> WithoutThoseLogged(string runId, List<MetricPoint> points, CancellationToken cancellationToken)
    {
        var logged = new HashSet<(string Key, long Step)>();
        foreach (var key in points.Select(point => point.Key).Distinct(StringComparer.Ordinal))
        {
            await foreach (var point in mlflow.GetMetricHistoryAsync(runId, key, cancellationToken))
            {
                logged.Add((key, point.Step));
            }
        }

        return [.. points.Where(point => !logged.Contains((point.Key, point.Step)))];
    }

    private async Task Upload(string runId, ArtifactEntry artifact, CancellationToken cancellationToken)
    {
        var run = await mlflow.GetRunAsync(runId, cancellationToken);
        await mlflow.UploadArtifactAsync(run.Info, artifact.Path, artifact.Content, MediaType(artifact.Path), cancellationToken);
    }

    private async Task Upload(string runId, StoredArtifactEntry artifact, CancellationToken cancellationToken)
    {
        var run = await mlflow.GetRunAsync(runId, cancellationToken);
        var (store, key) = stores.Resolve(artifact.SourceUri);
        await using var content = await store.OpenRead(key, cancellationToken);
        await mlflow.UploadArtifactAsync(run.Info, artifact.Path, content, MediaType(artifact.Path), cancellationToken);
    }

    private static MlflowDatasetInput ToInput(DatasetInput dataset) => new(
        new MlflowDataset(dataset.Name, dataset.Digest, dataset.Source.StartsWith("s3:", StringComparison.Ordinal) ? "s3" : "local", JsonSerializer.Serialize(new Dictionary<string, string> { ["uri"] = dataset.Source }), dataset.Schema),
        [new MlflowTag("mlflow.data.context", dataset.Context)]);

    private static MlflowRunStatus ParseStatus(string status) => status switch
    {
        "RUNNING" => MlflowRunStatus.Running,
        "SCHEDULED" => MlflowRunStatus.Scheduled,
        "FINISHED" => MlflowRunStatus.Finished,
        "FAILED" => MlflowRunStatus.Failed,
        "KILLED" => MlflowRunStatus.Killed,
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "MLflow knows no such run status."),
    };

    private static string MediaType(string path) => Path.GetExtension(path) switch
    {
        ".png" => "image/png",
        ".json" => "application/json",
        ".txt" or ".md" => "text/plain",
        _ => MediaTypes.Binary,
    };
}
