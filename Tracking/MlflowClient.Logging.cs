using System.Runtime.CompilerServices;
using System.Text.Json.Serialization.Metadata;
using OrleansTrain.Tracking.Batching;
using OrleansTrain.Tracking.Wire;

namespace OrleansTrain.Tracking;

public sealed partial class MlflowClient
{
    /// <summary>MLflow's own page size. Without max_results some servers (3.6) answer nothing.</summary>
    private const int MetricsPerPage = 25_000;

    /// <inheritdoc/>
    public async Task LogBatchAsync(string runId, MlflowBatch batch, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(batch);
        MlflowNames.Check(batch);
        foreach (var part in LogBatchSplitter.Split(runId, ParamTruncation.Apply(batch, LogParamTruncated)))
        {
            await WriteAsync("runs/log-batch", part, MlflowJson.Default.LogBatchRequest, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public Task SetTagAsync(string runId, string key, string value, CancellationToken cancellationToken = default)
    {
        MlflowNames.Check("tag", key);
        return WriteAsync("runs/set-tag", new SetTagRequest(runId, key, value), MlflowJson.Default.SetTagRequest, cancellationToken);
    }

    /// <inheritdoc/>
    public Task DeleteTagAsync(string runId, string key, CancellationToken cancellationToken = default) =>
        WriteAsync("runs/delete-tag", new DeleteTagRequest(runId, key), MlflowJson.Default.DeleteTagRequest, cancellationToken);

    /// <inheritdoc/>
    public Task LogInputsAsync(string runId, IReadOnlyList<MlflowDatasetInput> inputs, CancellationToken cancellationToken = default) =>
        WriteAsync("runs/log-inputs", new LogInputsRequest(runId, inputs), MlflowJson.Default.LogInputsRequest, cancellationToken);

    /// <inheritdoc/>
    public async IAsyncEnumerable<MlflowMetric> GetMetricHistoryAsync(
        string runId, string key, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        string? pageToken = null;
        do
        {
            var path = $"{Api}metrics/get-history?{Query("run_id", runId)}&{Query("metric_key", key)}&max_results={MetricsPerPage}"
                + (pageToken is null ? "" : $"&{Query("page_token", pageToken)}");
            var page = await _transport.GetAsync(path, MlflowJson.Default.MetricHistoryResponse, cancellationToken);
            foreach (var metric in page.Metrics ?? [])
            {
                yield return metric;
            }

            pageToken = NextPage(pageToken, page.NextPageToken);
        }
        while (pageToken is not null);
    }

    private async Task WriteAsync<T>(
        string method, T body, JsonTypeInfo<T> bodyType, CancellationToken cancellationToken) =>
        await _transport.PostAsync(Api + method, body, bodyType, MlflowJson.Default.EmptyResponse, isWrite: true, cancellationToken);
}
