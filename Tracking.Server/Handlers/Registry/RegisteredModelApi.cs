using System.Text.Json;
using OrleansTrain.Tracking.Server.Database;
using OrleansTrain.Tracking.Server.Database.Registry;
using OrleansTrain.Tracking.Server.Protocol;
using OrleansTrain.Tracking.Server.Search;

namespace OrleansTrain.Tracking.Server.Handlers.Registry;

internal sealed class RegisteredModelApi(TrackingDatabase database)
{
    private const long MostModelsPerPage = 1000;
    private const long DefaultModelsPerPage = 100;

    private static readonly MessageType NameOnly = new(Field.Text("name"));
    private static readonly Parameter RequiredName = new("name", Check.Text, Check.Required);
    private static readonly Parameter RequiredKey = new("key", Check.Text, Check.Required);

    public IEnumerable<ApiMethod> Methods =>
    [
        ApiMethod.Post(
            "registered-models/create",
            new MessageType(Field.Text("name"), Field.Many("tags", Messages.KeyValue), Field.Text("description")),
            [RequiredName, new("tags", Check.List), new("description", Check.Text)],
            Create),
        ApiMethod.Get("registered-models/get", NameOnly, [RequiredName], Get),
        new(
            "PATCH",
            "registered-models/update",
            new MessageType(Field.Text("name"), Field.Text("description")),
            [RequiredName, new("description", Check.Text)],
            Update),
        ApiMethod.Post(
            "registered-models/rename",
            new MessageType(Field.Text("name"), Field.Text("new_name")),
            [RequiredName, new("new_name", Check.Text, Check.Required)],
            Rename),
        new("DELETE", "registered-models/delete", NameOnly, [RequiredName], Delete),
        ApiMethod.Get(
            "registered-models/search",
            new MessageType(Field.Text("filter"), Field.Integer("max_results"), Field.Texts("order_by"), Field.Text("page_token")),
            [
                new("filter", Check.Text),
                new("max_results", Check.Integer, Check.AtMost(MostModelsPerPage)),
                new("order_by", Check.List, Check.Texts),
                new("page_token", Check.Text),
            ],
            Search),
        ApiMethod.Post(
            "registered-models/set-tag",
            new MessageType(Field.Text("name"), Field.Text("key"), Field.Text("value")),
            [RequiredName, RequiredKey, new("value", Check.Text)],
            SetTag),
        new("DELETE", "registered-models/delete-tag", new MessageType(Field.Text("name"), Field.Text("key")), [RequiredName, RequiredKey], DeleteTag),
    ];

    private void Create(Message request, Utf8JsonWriter json)
    {
        List<KeyValue> tags = [.. request.Many("tags").Select(Messages.ToKeyValue)];
        tags.ForEach(static tag => Validation.CheckRegistryTag(tag.Key, tag.Value));
        Answer(json, database.Write(session => RegisteredModelTable.Create(session, request.Text("name"), request.Text("description"), tags)));
    }

    private void Get(Message request, Utf8JsonWriter json) =>
        Answer(json, database.Read(session => RegisteredModelTable.Get(session, request.Text("name"))));

    private void Update(Message request, Utf8JsonWriter json) => Answer(json, database.Write(session =>
    {
        var model = RegisteredModelTable.Get(session, request.Text("name"));
        RegisteredModelTable.Describe(session, model.Name, request.Text("description"));
        return RegisteredModelTable.Get(session, model.Name);
    }));

    private void Rename(Message request, Utf8JsonWriter json) => Answer(json, database.Write(session =>
    {
        var model = RegisteredModelTable.Get(session, request.Text("name"));
        RegisteredModelTable.Rename(session, model.Name, request.Text("new_name"));
        return RegisteredModelTable.Get(session, request.Text("new_name"));
    }));

    private void Delete(Message request, Utf8JsonWriter json) => database.Write(session =>
        RegisteredModelTable.Delete(session, RegisteredModelTable.Get(session, request.Text("name")).Name));

    private void Search(Message request, Utf8JsonWriter json)
    {
        var limit = MaxResults.Check(request.Integer("max_results", DefaultModelsPerPage), MostModelsPerPage);
        var offset = PageToken.ReadOffset(request.Text("page_token"));
        var found = database.Read(session => RegistrySearch.FindModels(session, request.Text("filter"), request.Texts("order_by"), limit + 1, offset));
        var isMore = found.Count > limit;
        json.WriteList("registered_models", isMore ? found[..^1] : found, RegistryJson.WriteModel);
        json.WritePageToken(isMore ? PageToken.Create(offset + limit) : null);
    }

    private void SetTag(Message request, Utf8JsonWriter json)
    {
        var tag = request.ToKeyValue();
        Validation.CheckRegistryTag(tag.Key, tag.Value);
        database.Write(session => RegisteredModelTable.SetTag(session, RegisteredModelTable.Get(session, request.Text("name")).Name, tag));
    }

    private void DeleteTag(Message request, Utf8JsonWriter json) => database.Write(session =>
        RegisteredModelTable.DeleteTag(session, RegisteredModelTable.Get(session, request.Text("name")).Name, request.Text("key")));

    private static void Answer(Utf8JsonWriter json, RegisteredModelRecord model) =>
        json.WriteObject("registered_model", () => RegistryJson.WriteModel(json, model));
}
