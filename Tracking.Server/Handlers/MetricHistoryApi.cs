using System.Text.Json;
using OrleansTrain.Tracking.Server.Database;
using OrleansTrain.Tracking.Server.Protocol;
using OrleansTrain.Tracking.Server.Search;

namespace OrleansTrain.Tracking.Server.Handlers;

/// <summary>All values of a metric.</summary>
internal sealed class MetricHistoryApi(TrackingDatabase database)
{
    private const int MostSampledRuns = 100;
    private const int MostSampledSteps = 2500;
    private const int MostSampledMetrics = 25_000;

    public IEnumerable<ApiMethod> Methods =>
    [
        ApiMethod.Get(
            "metrics/get-history",
            new MessageType(
                Field.Text("run_id"), Field.Text("run_uuid"), Field.Text("metric_key"), Field.Text("page_token"), Field.Integer("max_results")),
            [new("run_id", Check.Text, Check.Required), new("metric_key", Check.Text, Check.Required), new("page_token", Check.Text)],
            GetHistory),
        ApiMethod.Get(
            "metrics/get-history-bulk-interval",
            new MessageType(
                Field.Texts("run_ids"), Field.Text("metric_key"), Field.Integer("start_step"), Field.Integer("end_step"), Field.Integer("max_results")),
            [
                new("run_ids", Check.Required, Check.List, Check.Texts),
                new("metric_key", Check.Required, Check.Text),
                new("start_step", Check.Integer),
                new("end_step", Check.Integer),
                new("max_results", Check.Integer, Check.Within(1, MostSampledSteps, $"max_results must be between 1 and {MostSampledSteps}.")),
            ],
            GetSample),
    ];

    private void GetHistory(Message request, Utf8JsonWriter json)
    {
        // As in MLflow: no max_results means none, and a token that leads back to the start.
        var limit = request.Integer("max_results");
        var offset = PageToken.ReadOffset(request.Text("page_token"));
        var metrics = database.Read(session => MetricTable.History(session, request.RunId(), request.Text("metric_key"), limit + 1, offset));
        var isMore = metrics.Count == limit + 1;
        json.WriteList("metrics", isMore && metrics.Count > 0 ? metrics[..^1] : metrics, JsonWriting.WriteMetric);
        json.WritePageToken(isMore ? PageToken.Create(offset + limit) : null);
    }

    /// <summary>As many steps as asked, evenly over those that exist, the same for all runs, and always the ends.</summary>
    private void GetSample(Message request, Utf8JsonWriter json)
    {
        var (runs, key) = (request.Texts("run_ids"), request.Text("metric_key"));
        if (runs.Count > MostSampledRuns)
        {
            throw MlflowError.InvalidParameter(
                $"GetMetricHistoryBulkInterval request must specify at most {MostSampledRuns} run_ids. Received {runs.Count} run_ids.");
        }

        var metrics = database.Read(session =>
        {
            List<List<long>> stepsOfRuns = [.. runs.Select(run => MetricTable.Steps(session, run, key))];
            var steps = StepSample.Choose(
                stepsOfRuns, request.IntegerOrNull("start_step"), request.IntegerOrNull("end_step"), request.Integer("max_results", MostSampledSteps));
            return runs
                .SelectMany(run => MetricTable.AtSteps(session, run, key, steps, MostSampledMetrics).Select(metric => (Run: run, Metric: metric)))
                .ToList();
        });
        json.WriteList("metrics", metrics, static (json, row) =>
        {
            JsonWriting.WriteMetric(json, row.Metric);
            json.WriteString("run_id", row.Run);
        });
    }
}
