using System.Text.Json;
using OrleansTrain.Tracking.Server.Database;
using OrleansTrain.Tracking.Server.Database.Registry;
using OrleansTrain.Tracking.Server.Protocol;
using OrleansTrain.Tracking.Server.Search;

namespace OrleansTrain.Tracking.Server.Handlers.Registry;

/// <summary>Models that runs logged. The model's ID stands in the path.</summary>
internal sealed class LoggedModelApi(TrackingDatabase database)
{
    private const string Model = "logged-models/{model_id}";
    private const long MostModelsPerPage = 100;

    private static readonly Dictionary<int, string> Status = new()
    {
        [0] = "LOGGED_MODEL_STATUS_UNSPECIFIED",
        [1] = "LOGGED_MODEL_PENDING",
        [2] = "LOGGED_MODEL_READY",
        [3] = "LOGGED_MODEL_UPLOAD_FAILED",
    };

    private static readonly MessageType OrderBy = new(
        Field.Text("field_name"), Field.Flag("ascending"), Field.Text("dataset_name"), Field.Text("dataset_digest"));

    private static readonly MessageType NoMessage = new();

    public IEnumerable<ApiMethod> Methods =>
    [
        ApiMethod.Post(
            "logged-models",
            new MessageType(
                Field.Text("experiment_id"),
                Field.Text("name"),
                Field.Text("model_type"),
                Field.Text("source_run_id"),
                Field.Many("params", Messages.KeyValue),
                Field.Many("tags", Messages.KeyValue)),
            [
                Messages.RequiredExperimentId,
                new("name", Check.Text),
                new("model_type", Check.Text),
                new("source_run_id", Check.Text),
                new("params", Check.List),
                new("tags", Check.List),
            ],
            Create),
        ApiMethod.Post(
            "logged-models/search",
            new MessageType(
                Field.Texts("experiment_ids"),
                Field.Text("filter"),
                Field.Integer("max_results"),
                Field.Many("order_by", OrderBy),
                Field.Text("page_token")),
            [
                new("experiment_ids", Check.Required, Check.List, Check.Texts),
                new("filter", Check.Text),
                new("max_results", Check.Integer),
                new("order_by", Check.List),
                new("page_token", Check.Text),
            ],
            Search),
        ApiMethod.Get(Model, NoMessage, [], Get),
        new("PATCH", Model, new MessageType(Field.Choice("status", Status)), [new("status", Check.Required)], Finish),
        new("DELETE", Model, NoMessage, [], Delete),
        new("PATCH", $"{Model}/tags", new MessageType(Field.Many("tags", Messages.KeyValue)), [new("tags", Check.List)], SetTags),
        new("DELETE", $"{Model}/tags/{{tag_key}}", NoMessage, [], DeleteTag),
        ApiMethod.Post($"{Model}/params", new MessageType(Field.Many("params", Messages.KeyValue)), [new("params", Check.List)], LogParams),
    ];

    private void Create(Message request, Utf8JsonWriter json) => Answer(json, database.Write(session =>
    {
        var experiment = ExperimentTable.Get(session, request.Text("experiment_id"), LifecycleStage.Active);
        var id = "m-" + Guid.NewGuid().ToString("N");
        return LoggedModelTable.Create(
            session,
            new LoggedModelRecord(
                id,
                experiment.Id,
                request.Text("name") is { Length: > 0 } name ? name : RandomName.Next(),
                request.Text("model_type"),
                request.Text("source_run_id"),
                $"{experiment.ArtifactLocation.TrimEnd('/')}/models/{id}/artifacts",
                Status[1],
                CreationTime: 0,
                LastUpdatedTime: 0),
            request.Many("params").Select(Messages.ToKeyValue),
            request.Many("tags").Select(Messages.ToKeyValue));
    }));

    private void Get(Message request, Utf8JsonWriter json) => Answer(json, database.Read(session => Find(session, request)));

    private void Finish(Message request, Utf8JsonWriter json) => Answer(json, database.Write(session =>
    {
        LoggedModelTable.SetStatus(session, Find(session, request).ModelId, request.Text("status"));
        return Find(session, request);
    }));

    private void Delete(Message request, Utf8JsonWriter json) =>
        database.Write(session => LoggedModelTable.Delete(session, Find(session, request).ModelId));

    private void SetTags(Message request, Utf8JsonWriter json) => database.Write(session =>
        LoggedModelTable.SetTags(session, Find(session, request).ModelId, request.Many("tags").Select(Messages.ToKeyValue)));

    private void DeleteTag(Message request, Utf8JsonWriter json) => database.Write(session =>
    {
        var (model, key) = (Find(session, request), request.Text("tag_key"));
        if (!LoggedModelTable.DeleteTag(session, model.ModelId, key))
        {
            throw MlflowError.Missing($"No tag with key {PythonText.Repr(key)} found for model with ID {PythonText.Repr(model.ModelId)}.");
        }
    });

    private void LogParams(Message request, Utf8JsonWriter json) => database.Write(session =>
        LoggedModelTable.AddParams(session, Find(session, request).ModelId, request.Many("params").Select(Messages.ToKeyValue)));

    private void Search(Message request, Utf8JsonWriter json)
    {
        var limit = Math.Clamp(request.Integer("max_results", MostModelsPerPage), 1, MostModelsPerPage);
        var offset = PageToken.ReadOffset(request.Text("page_token"));
        var found = database.Read(session => LoggedModelSearch.Find(
            session, request.Texts("experiment_ids"), request.Text("filter"), request.Many("order_by"), limit + 1, offset));
        var isMore = found.Count > limit;
        json.WriteList("models", isMore ? found[..^1] : found, LoggedModelJson.Write);
        json.WritePageToken(isMore ? PageToken.Create(offset + limit) : null);
    }

    private static LoggedModelRecord Find(Session session, Message request) => LoggedModelTable.Get(session, request.Text("model_id"));

    private static void Answer(Utf8JsonWriter json, LoggedModelRecord model) => json.WriteObject("model", () => LoggedModelJson.Write(json, model));
}
