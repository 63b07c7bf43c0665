using System.Globalization;
using OrleansTrain.Tracking.Server.Database;
using OrleansTrain.Tracking.Server.Http;
using OrleansTrain.Tracking.Server.Protocol;

namespace OrleansTrain.Tracking.Server.Handlers;

/// <summary>Histories of one metric of several runs: a call of MLflow's UI.</summary>
internal sealed class BulkHistoryRoute(TrackingDatabase database)
{
    private const int MostRuns = 100;
    private const long MostMetrics = 25_000;

    public Route Route => new("GET", "/ajax-api/2.0/mlflow/metrics/get-history-bulk", (context, target) => context.SendAsync(Answer(target.Query)));

    private Answer Answer(QueryValues query)
    {
        var runs = query.All("run_id");
        if (runs.Count == 0)
        {
            throw MlflowError.InvalidParameter("GetMetricHistoryBulk request must specify at least one run_id.");
        }

        if (runs.Count > MostRuns)
        {
            throw MlflowError.InvalidParameter(
                $"GetMetricHistoryBulk request cannot specify more than {MostRuns} run_ids. Received {runs.Count} run_ids.");
        }

        var key = query.First("metric_key") ?? throw MlflowError.InvalidParameter("GetMetricHistoryBulk request must specify a metric_key.");
        var limit = Math.Min(MostMetrics, Limit(query.First("max_results")));
        var rows = database.Read(session => runs.Order(StringComparer.Ordinal)
            .SelectMany(run => MetricTable.History(session, run, key, limit, offset: 0).Select(metric => (Run: run, Metric: metric)))
            .Take((int)limit)
            .ToList());
        return JsonAnswer.Write(json =>
        {
            // The UI wants the list even when it is empty.
            json.WriteStartArray("metrics");
            foreach (var (run, metric) in rows)
            {
                json.WriteStartObject();
                JsonWriting.WriteMetric(json, metric);
                json.WriteString("run_id", run);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
    }

    private static long Limit(string? text) => text is null ? MostMetrics
        : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var limit) && limit >= 0 ? limit
        : throw new UnhandledRequestException($"max_results '{text}' is not a number");
}
