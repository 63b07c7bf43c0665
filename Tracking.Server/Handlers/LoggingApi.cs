using System.Text.Json;
using OrleansTrain.Tracking.Server.Database;
using OrleansTrain.Tracking.Server.Protocol;

namespace OrleansTrain.Tracking.Server.Handlers;

/// <summary>What is logged to a run, one thing at a time.</summary>
internal sealed class LoggingApi(TrackingDatabase database)
{
    private static readonly Parameter RequiredKey = new("key", Check.Required, Check.Text);

    public IEnumerable<ApiMethod> Methods =>
    [
        ApiMethod.Post(
            "runs/log-metric",
            new MessageType([.. Messages.Metric.Fields, Field.Text("run_uuid")]),
            [
                Messages.RequiredRunId,
                RequiredKey,
                new("value", Check.Required, Check.Number),
                new("timestamp", Check.Integer, Check.Required),
                new("step", Check.Integer),
                new("model_id", Check.Text),
                new("dataset_name", Check.Text),
                new("dataset_digest", Check.Text),
            ],
            LogMetric),
        ApiMethod.Post(
            "runs/log-parameter",
            new MessageType(Field.Text("run_id"), Field.Text("run_uuid"), Field.Text("key"), Field.Text("value")),
            [Messages.RequiredRunId, RequiredKey, new("value", Check.Text)],
            LogParam),
        ApiMethod.Post(
            "runs/set-tag",
            new MessageType(Field.Text("run_id"), Field.Text("run_uuid"), Field.Text("key"), Field.Text("value")),
            [Messages.RequiredRunId, RequiredKey, new("value", Check.Text)],
            SetTag),
        ApiMethod.Post(
            "runs/delete-tag",
            new MessageType(Field.Text("run_id"), Field.Text("key")),
            [Messages.RequiredRunId, RequiredKey],
            DeleteTag),
        ApiMethod.Post(
            "runs/log-model",
            new MessageType(Field.Text("run_id"), Field.Text("model_json")),
            [Messages.RequiredRunId, new("model_json", Check.Text, Check.Required)],
            LogModel),
    ];

    private void LogMetric(Message request, Utf8JsonWriter json)
    {
        var metric = Validation.CheckMetric(request);
        database.Write(session =>
        {
            var run = RunTable.GetActive(session, request.RunId());
            MetricTable.Add(session, run.RunId, [metric]);
            ModelMetrics.Add(session, run.RunId, [(request, metric)]);
        });
    }

    private void LogParam(Message request, Utf8JsonWriter json)
    {
        var param = Validation.CheckParam(request.ToKeyValue());
        database.Write(session =>
        {
            var run = RunTable.GetActive(session, request.RunId());
            var old = ParamTable.Find(session, run.RunId, param.Key);
            if (old is null)
            {
                ParamTable.Add(session, run.RunId, param);
            }
            else if (old != param.Value)
            {
                throw MlflowError.InvalidParameter(
                    $"Changing param values is not allowed. Param with key='{param.Key}' was already logged with value='{old}' "
                    + $"for run ID='{run.RunId}'. Attempted logging new value '{param.Value}'.");
            }
        });
    }

    private void SetTag(Message request, Utf8JsonWriter json)
    {
        var tag = Validation.CheckTag(request.ToKeyValue());
        database.Write(session => TagTable.SetOn(session, RunTable.GetActive(session, request.RunId()), tag));
    }

    private void DeleteTag(Message request, Utf8JsonWriter json) => database.Write(session =>
    {
        var (run, key) = (RunTable.GetActive(session, request.Text("run_id")), request.Text("key"));
        if (!TagTable.Delete(session, run.RunId, key))
        {
            throw MlflowError.Missing($"No tag with name: {key} in run with id {run.RunId}");
        }
    });

    /// <summary>The way MLflow 1 and 2 note a model: appended to a tag of the run.</summary>
    private void LogModel(Message request, Utf8JsonWriter json)
    {
        const string modelsTag = "mlflow.log-model.history";
        var text = request.Text("model_json");
        using var model = LenientJson.TryParse(System.Text.Encoding.UTF8.GetBytes(text));
        if (model is not { RootElement.ValueKind: JsonValueKind.Object })
        {
            throw MlflowError.InvalidParameter($"Malformed model info. \n {text} \n is not a valid JSON.");
        }

        database.Write(session =>
        {
            var run = RunTable.GetActive(session, request.Text("run_id"));
            var history = TagTable.Find(session, run.RunId, modelsTag) is { Length: > 2 } old ? $"{old[..^1]}, {text}]" : $"[{text}]";
            TagTable.Set(session, run.RunId, Validation.CheckTag(new KeyValue(modelsTag, history)));
        });
    }
}
