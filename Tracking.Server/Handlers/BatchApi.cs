using System.Text.Json;
using OrleansTrain.Tracking.Server.Database;
using OrleansTrain.Tracking.Server.Protocol;

namespace OrleansTrain.Tracking.Server.Handlers;

/// <summary>Log-batch: all of it or nothing.</summary>
internal sealed class BatchApi(TrackingDatabase database)
{
    private const int MostMetrics = 1000;
    private const int MostParams = 100;
    private const int MostTags = 100;
    private const int MostItems = 1000;

    public IEnumerable<ApiMethod> Methods =>
    [
        ApiMethod.Post(
            "runs/log-batch",
            new MessageType(
                Field.Text("run_id"),
                Field.Many("metrics", Messages.Metric),
                Field.Many("params", Messages.KeyValue),
                Field.Many("tags", Messages.KeyValue)),
            [
                new("run_id", Check.Text, Check.Required),
                new("metrics", Check.List, Check.Entries("metrics", "key", "value", "timestamp")),
                new("params", Check.List, Check.Entries("params", "key")),
                new("tags", Check.List, Check.Entries("tags", "key")),
            ],
            LogBatch),
    ];

    private void LogBatch(Message request, Utf8JsonWriter json)
    {
        RunIdFormat.Check(request.Text("run_id"));
        List<MetricRecord> metrics = [.. request.Many("metrics").Select((metric, i) => Validation.CheckMetric(metric, $"metrics[{i}]"))];
        List<KeyValue> parameters = [.. request.Many("params").Select((param, i) => Validation.CheckParam(param.ToKeyValue(), $"params[{i}]"))];
        List<KeyValue> tags = [.. request.Many("tags").Select((tag, i) => Validation.CheckTag(tag.ToKeyValue(), $"tags[{i}]"))];
        CheckLimit("metrics", MostMetrics, metrics.Count);
        CheckLimit("params", MostParams, parameters.Count);
        CheckLimit("tags", MostTags, tags.Count);
        CheckLimit("metrics, params, and tags", MostItems, metrics.Count + parameters.Count + tags.Count);
        CheckUnique(parameters);
        database.Write(session =>
        {
            var run = RunTable.GetActive(session, request.Text("run_id"));
            AddParams(session, run.RunId, parameters);
            MetricTable.Add(session, run.RunId, metrics);
            ModelMetrics.Add(session, run.RunId, request.Many("metrics").Zip(metrics));
            tags.ForEach(tag => TagTable.SetOn(session, run, tag));
        });
    }

    private static void CheckLimit(string what, int limit, int count)
    {
        if (count > limit)
        {
            throw MlflowError.InvalidParameter(
                $"A batch logging request can contain at most {limit} {what}. Got {count} {what}. "
                + $"Please split up {what} across multiple requests and try again.");
        }
    }

    private static void CheckUnique(List<KeyValue> parameters)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        List<string> twice = [.. parameters.Select(param => param.Key).Where(key => !seen.Add(key))];
        if (twice.Count > 0)
        {
            throw MlflowError.InvalidParameter(
                $"Duplicate parameter keys have been submitted: [{string.Join(", ", twice.Select(PythonText.Repr))}]. "
                + "Please ensure the request contains only one param value per param key.");
        }
    }

    private static void AddParams(Session session, string runId, List<KeyValue> parameters)
    {
        var changed = new List<string>();
        foreach (var param in parameters)
        {
            var old = ParamTable.Find(session, runId, param.Key);
            if (old is null)
            {
                ParamTable.Add(session, runId, param);
            }
            else if (old != param.Value)
            {
                changed.Add($"{{'key': {PythonText.Repr(param.Key)}, 'old_value': {PythonText.Repr(old)}, 'new_value': {PythonText.Repr(param.Value)}}}");
            }
        }

        if (changed.Count > 0)
        {
            throw MlflowError.InvalidParameter(
                $"Changing param values is not allowed. Params were already logged='[{string.Join(", ", changed)}]' for run ID='{runId}'.");
        }
    }
}
