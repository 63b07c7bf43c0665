using OrleansTrain.Tracking.Server.Database;
using OrleansTrain.Tracking.Server.Database.Registry;
using OrleansTrain.Tracking.Server.Protocol;

namespace OrleansTrain.Tracking.Server.Handlers;

/// <summary>A metric may name a logged model: it is the model's, too.</summary>
internal static class ModelMetrics
{
    public static void Add(Session session, string runId, IEnumerable<(Message Request, MetricRecord Metric)> metrics)
    {
        foreach (var (request, metric) in metrics.Where(static pair => pair.Request.Text("model_id").Length > 0))
        {
            LoggedModelTable.AddMetric(
                session,
                request.Text("model_id"),
                new ModelMetricRecord(metric, runId, request.TextOrNull("dataset_name"), request.TextOrNull("dataset_digest")));
        }
    }
}
