using OrleansTrain.Tracking.Wire;

namespace OrleansTrain.Tracking.Batching;

/// <summary>
/// Cuts a batch into requests within MLflow's limits: params and tags first, then metrics, each in the caller's order. Sending the parts
/// one after the other keeps the order; in parallel they would deadlock MLflow's PostgreSQL store.
/// </summary>
internal static class LogBatchSplitter
{
    public static IEnumerable<LogBatchRequest> Split(string runId, MlflowBatch batch)
    {
        var sizes = new JsonSize();
        var empty = sizes.Of(new LogBatchRequest(runId, [], [], []), MlflowJson.Default.LogBatchRequest);
        var (metrics, parameters, tags) = (0, 0, 0);
        while (metrics < batch.Metrics.Count || parameters < batch.Params.Count || tags < batch.Tags.Count)
        {
            var room = new BatchRoom(MlflowLimits.ItemsPerBatch, MlflowLimits.BytesPerBatch - empty);
            var partParams = room.Take(batch.Params, ref parameters, MlflowLimits.ParamsPerBatch, item => sizes.Of(item, MlflowJson.Default.MlflowParam));
            var partTags = room.Take(batch.Tags, ref tags, MlflowLimits.TagsPerBatch, item => sizes.Of(item, MlflowJson.Default.MlflowTag));
            var partMetrics = room.Take(batch.Metrics, ref metrics, MlflowLimits.MetricsPerBatch, item => sizes.Of(item, MlflowJson.Default.MlflowMetric));
            if (room.IsUntouched)
            {
                throw new MlflowException(
                    $"A tag of the batch for run {runId} is longer than a whole request may be ({MlflowLimits.BytesPerBatch} bytes).",
                    MlflowErrorCodes.InvalidParameterValue);
            }

            yield return new LogBatchRequest(runId, NullIfEmpty(partMetrics), NullIfEmpty(partParams), NullIfEmpty(partTags));
        }
    }

    private static List<T>? NullIfEmpty<T>(List<T> items) => items.Count == 0 ? null : items;
}
