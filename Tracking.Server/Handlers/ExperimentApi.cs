using System.Text.Json;
using OrleansTrain.Tracking.Server.Database;
using OrleansTrain.Tracking.Server.Protocol;
using OrleansTrain.Tracking.Server.Search;

namespace OrleansTrain.Tracking.Server.Handlers;

internal sealed class ExperimentApi(TrackingDatabase database)
{
    private const long MostExperimentsPerPage = 50_000;

    private static readonly MessageType SearchMessage = new(
        Field.Integer("max_results"),
        Field.Text("page_token"),
        Field.Text("filter"),
        Field.Texts("order_by"),
        Field.Choice("view_type", Messages.ViewType));

    private static readonly Parameter[] SearchParameters =
    [
        new("view_type", Check.Integer),
        new("max_results", Check.Integer),
        new("order_by", Check.List),
        new("filter", Check.Text),
        new("page_token", Check.Text),
    ];

    public IEnumerable<ApiMethod> Methods =>
    [
        ApiMethod.Post(
            "experiments/create",
            new MessageType(Field.Text("name"), Field.Text("artifact_location"), Field.Many("tags", Messages.KeyValue)),
            [new("name", Check.Required, Check.Text), new("artifact_location", Check.Text), new("tags", Check.List)],
            Create),
        ApiMethod.Get("experiments/get", Messages.ExperimentId, [Messages.RequiredExperimentId], Get),
        ApiMethod.Get(
            "experiments/get-by-name",
            new MessageType(Field.Text("experiment_name")),
            [new("experiment_name", Check.Required, Check.Text)],
            GetByName),
        ApiMethod.Post("experiments/search", SearchMessage, SearchParameters, Search),
        ApiMethod.Get("experiments/search", SearchMessage, SearchParameters, Search),
        ApiMethod.Post(
            "experiments/update",
            new MessageType(Field.Text("experiment_id"), Field.Text("new_name")),
            [Messages.RequiredExperimentId, new("new_name", Check.Text, Check.Required)],
            Update),
        ApiMethod.Post("experiments/delete", Messages.ExperimentId, [Messages.RequiredExperimentId], Delete),
        ApiMethod.Post("experiments/restore", Messages.ExperimentId, [Messages.RequiredExperimentId], Restore),
        ApiMethod.Post(
            "experiments/set-experiment-tag",
            new MessageType(Field.Text("experiment_id"), Field.Text("key"), Field.Text("value")),
            [Messages.RequiredExperimentId, new("key", Check.Required, Check.Text), new("value", Check.Text)],
            SetTag),
        ApiMethod.Post(
            "experiments/delete-experiment-tag",
            new MessageType(Field.Text("experiment_id"), Field.Text("key")),
            [Messages.RequiredExperimentId, new("key", Check.Required, Check.Text)],
            DeleteTag),
    ];

    private void Create(Message request, Utf8JsonWriter json)
    {
        var (name, location) = (request.Text("name"), request.Text("artifact_location"));
        ArtifactLocation.Check(location);
        Validation.CheckExperimentName(name);
        List<KeyValue> tags = [.. request.Many("tags").Select(Messages.ToKeyValue)];
        tags.ForEach(static tag => Validation.CheckExperimentTag(tag.Key, tag.Value));
        var id = database.Write(session => ExperimentTable.Create(session, name, location, tags));
        json.WriteString("experiment_id", $"{id}");
    }

    private void Get(Message request, Utf8JsonWriter json)
    {
        var experiment = database.Read(session => ExperimentTable.Get(session, request.Text("experiment_id")));
        json.WriteObject("experiment", () => JsonWriting.WriteExperiment(json, experiment));
    }

    private void GetByName(Message request, Utf8JsonWriter json)
    {
        var name = request.Text("experiment_name");
        var experiment = database.Read(session => ExperimentTable.Find(session, name))
            ?? throw MlflowError.Missing($"Could not find experiment with name '{name}'");
        json.WriteObject("experiment", () => JsonWriting.WriteExperiment(json, experiment));
    }

    private void Search(Message request, Utf8JsonWriter json)
    {
        var limit = MaxResults.Check(request.Integer("max_results"), MostExperimentsPerPage);
        var offset = PageToken.ReadOffset(request.Text("page_token"));
        var found = database.Read(session => ExperimentSearch.Find(
            session, request.Text("filter"), request.Texts("order_by"), request.Text("view_type"), limit + 1, offset));
        var isMore = found.Count > limit;
        json.WriteList("experiments", isMore ? found[..^1] : found, JsonWriting.WriteExperiment);
        json.WritePageToken(isMore ? PageToken.Create(offset + limit) : null);
    }

    private void Update(Message request, Utf8JsonWriter json) => database.Write(session =>
    {
        var experiment = ExperimentTable.Get(session, request.Text("experiment_id"));
        if (!experiment.IsActive)
        {
            throw MlflowError.InvalidState("Cannot rename a non-active experiment.");
        }

        ExperimentTable.Rename(session, experiment.Id, request.Text("new_name"));
    });

    private void Delete(Message request, Utf8JsonWriter json) => database.Write(session =>
        ExperimentTable.SetStage(
            session, ExperimentTable.Get(session, request.Text("experiment_id"), LifecycleStage.Active).Id, LifecycleStage.Deleted));

    private void Restore(Message request, Utf8JsonWriter json) => database.Write(session =>
        ExperimentTable.SetStage(
            session, ExperimentTable.Get(session, request.Text("experiment_id"), LifecycleStage.Deleted).Id, LifecycleStage.Active));

    private void SetTag(Message request, Utf8JsonWriter json)
    {
        var tag = request.ToKeyValue();
        Validation.CheckExperimentTag(tag.Key, tag.Value);
        database.Write(session => ExperimentTable.SetTag(session, GetActive(session, request).Id, tag.Key, tag.Value));
    }

    private void DeleteTag(Message request, Utf8JsonWriter json) => database.Write(session =>
    {
        var (experiment, key) = (GetActive(session, request), request.Text("key"));
        if (!ExperimentTable.DeleteTag(session, experiment.Id, key))
        {
            throw MlflowError.Missing($"No tag with name: {key} in experiment with id {experiment.Id}");
        }
    });

    private static ExperimentRecord GetActive(Session session, Message request)
    {
        var experiment = ExperimentTable.Get(session, request.Text("experiment_id"));
        return experiment.IsActive
            ? experiment
            : throw MlflowError.InvalidParameter(
                $"The experiment {experiment.Id} must be in the 'active' state. Current state is {experiment.LifecycleStage}.");
    }
}
