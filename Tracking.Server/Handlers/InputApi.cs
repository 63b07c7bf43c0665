using System.Text.Json;
using OrleansTrain.Tracking.Server.Database;
using OrleansTrain.Tracking.Server.Protocol;

namespace OrleansTrain.Tracking.Server.Handlers;

/// <summary>Datasets a run used, and models it made.</summary>
internal sealed class InputApi(TrackingDatabase database)
{
    private static readonly MessageType Dataset = new(
        Field.Text("name"), Field.Text("digest"), Field.Text("source_type"), Field.Text("source"), Field.Text("schema"), Field.Text("profile"));

    private static readonly MessageType DatasetInput = new(Field.Many("tags", Messages.KeyValue), Field.One("dataset", Dataset));

    private static readonly MessageType Model = new(Field.Text("model_id"), Field.Integer("step"));

    public IEnumerable<ApiMethod> Methods =>
    [
        ApiMethod.Post(
            "runs/log-inputs",
            new MessageType(Field.Text("run_id"), Field.Many("datasets", DatasetInput), Field.Many("models", Model)),
            [Messages.RequiredRunId, new("datasets", Check.List), new("models", Check.List)],
            LogInputs),
        ApiMethod.Post(
            "runs/outputs",
            new MessageType(Field.Text("run_id"), Field.Many("models", Model)),
            [Messages.RequiredRunId, new("models", Check.Required, Check.List)],
            LogOutputs),
    ];

    private void LogInputs(Message request, Utf8JsonWriter json)
    {
        RunIdFormat.Check(request.Text("run_id"));
        List<InputRecord> inputs =
        [
            .. request.Many("datasets").Select(input =>
                new InputRecord(ReadDataset(input.One("dataset")), [.. input.Many("tags").Select(Messages.ToKeyValue)])),
        ];
        database.Write(session =>
        {
            var run = RunTable.GetActive(session, request.Text("run_id"));
            InputTable.Add(session, run, inputs);
            foreach (var model in request.Many("models"))
            {
                session.Execute(
                    "INSERT INTO model_inputs (run_id, model_id) VALUES ($1, $2) ON CONFLICT DO NOTHING", run.RunId, model.Text("model_id"));
            }
        });
    }

    private void LogOutputs(Message request, Utf8JsonWriter json) => database.Write(session =>
    {
        var run = RunTable.GetActive(session, request.Text("run_id"));
        foreach (var model in request.Many("models"))
        {
            session.Execute(
                "INSERT INTO outputs (run_id, model_id, step) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                run.RunId,
                model.Text("model_id"),
                model.Integer("step"));
        }
    });

    private static DatasetRecord ReadDataset(Message? dataset) => dataset is null
        ? throw MlflowError.Internal("Dataset input must have a dataset associated with it.")
        : new DatasetRecord(
            dataset.Text("name"),
            dataset.Text("digest"),
            dataset.Text("source_type"),
            dataset.Text("source"),
            dataset.TextOrNull("schema"),
            dataset.TextOrNull("profile"));
}
