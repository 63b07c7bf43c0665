using System.Text.Json;
using OrleansTrain.Tracking.Server.Database;
using OrleansTrain.Tracking.Server.Database.Registry;
using OrleansTrain.Tracking.Server.Protocol;
using OrleansTrain.Tracking.Server.Search;

namespace OrleansTrain.Tracking.Server.Handlers.Registry;

internal sealed class ModelVersionApi(TrackingDatabase database)
{
    private const long MostVersionsPerPage = 200_000;
    private const long DefaultVersionsPerPage = 10_000;

    private static readonly MessageType NameAndVersion = new(Field.Text("name"), Field.Text("version"));
    private static readonly Parameter RequiredName = new("name", Check.Text, Check.Required);
    private static readonly Parameter RequiredVersion = new("version", Check.Text, Check.Required);
    private static readonly Parameter RequiredKey = new("key", Check.Text, Check.Required);

    public IEnumerable<ApiMethod> Methods =>
    [
        ApiMethod.Post(
            "model-versions/create",
            new MessageType(
                Field.Text("name"),
                Field.Text("source"),
                Field.Text("run_id"),
                Field.Many("tags", Messages.KeyValue),
                Field.Text("run_link"),
                Field.Text("description"),
                Field.Text("model_id")),
            [
                RequiredName,
                new("source", Check.Text, Check.Required),
                new("run_id", Check.Text),
                new("tags", Check.List),
                new("run_link", Check.Text),
                new("description", Check.Text),
                new("model_id", Check.Text),
            ],
            Create),
        ApiMethod.Get("model-versions/get", NameAndVersion, [RequiredName, RequiredVersion], Get),
        ApiMethod.Get("model-versions/get-download-uri", NameAndVersion, [], GetSource),
        new(
            "PATCH",
            "model-versions/update",
            new MessageType(Field.Text("name"), Field.Text("version"), Field.Text("description")),
            [RequiredName, RequiredVersion, new("description", Check.Text)],
            Update),
        new("DELETE", "model-versions/delete", NameAndVersion, [RequiredName, RequiredVersion], Delete),
        ApiMethod.Get(
            "model-versions/search",
            new MessageType(Field.Text("filter"), Field.Integer("max_results"), Field.Texts("order_by"), Field.Text("page_token")),
            [
                new("filter", Check.Text),
                new("max_results", Check.Integer, Check.AtMost(MostVersionsPerPage)),
                new("order_by", Check.List, Check.Texts),
                new("page_token", Check.Text),
            ],
            Search),
        ApiMethod.Post(
            "model-versions/set-tag",
            new MessageType(Field.Text("name"), Field.Text("version"), Field.Text("key"), Field.Text("value")),
            [RequiredName, RequiredVersion, RequiredKey, new("value", Check.Text)],
            SetTag),
        new(
            "DELETE",
            "model-versions/delete-tag",
            new MessageType(Field.Text("name"), Field.Text("version"), Field.Text("key")),
            [RequiredName, RequiredVersion, RequiredKey],
            DeleteTag),
    ];

    private void Create(Message request, Utf8JsonWriter json)
    {
        List<KeyValue> tags = [.. request.Many("tags").Select(Messages.ToKeyValue)];
        if (!tags.Exists(static tag => tag.Key == PromptTag.Key))
        {
            ModelSource.Check(request.Text("source"));
        }

        tags.ForEach(static tag => Validation.CheckRegistryTag(tag.Key, tag.Value));
        Answer(json, database.Write(session =>
        {
            var model = RegisteredModelTable.Get(session, request.Text("name")).Name;
            var files = ModelUri.Resolve(session, request.Text("source"));
            var version = ModelVersionTable.Create(
                session,
                new ModelVersionRecord(
                    model,
                    Version: 0,
                    request.Text("description"),
                    RegistryNames.CheckStage("None"),
                    request.Text("source"),
                    files.Location,
                    RunOf(session, request, files),
                    request.Text("run_link"),
                    request.Text("model_id"),
                    CreationTime: 0,
                    LastUpdatedTime: 0),
                tags);
            if (version.ModelId.Length > 0)
            {
                RegisteredAs.Add(session, version);
            }

            return version;
        }));
    }

    /// <returns>The run that made the files: where the request names none, that of the model they come from.</returns>
    private static string RunOf(Session session, Message request, ModelFiles files) =>
        request.Text("run_id") is { Length: > 0 } named ? named
        : files.RunId.Length > 0 ? files.RunId
        : request.Text("model_id") is { Length: > 0 } model ? LoggedModelTable.Get(session, model).SourceRunId
        : "";

    private void Get(Message request, Utf8JsonWriter json) => Answer(json, database.Read(session => Find(session, request)));

    private void GetSource(Message request, Utf8JsonWriter json) =>
        json.WriteString("artifact_uri", database.Read(session => Find(session, request).StorageLocation));

    private void Update(Message request, Utf8JsonWriter json) => Answer(json, database.Write(session =>
    {
        ModelVersionTable.Describe(session, Find(session, request), request.TextOrNull("description"));
        return Find(session, request);
    }));

    private void Delete(Message request, Utf8JsonWriter json) =>
        database.Write(session => ModelVersionTable.Delete(session, Find(session, request)));

    private void Search(Message request, Utf8JsonWriter json)
    {
        var limit = MaxResults.Check(request.Integer("max_results", DefaultVersionsPerPage), MostVersionsPerPage);
        var offset = PageToken.ReadOffset(request.Text("page_token"));
        var found = database.Read(session => RegistrySearch.FindVersions(session, request.Text("filter"), request.Texts("order_by"), limit + 1, offset));
        var isMore = found.Count > limit;
        json.WriteList("model_versions", isMore ? found[..^1] : found, RegistryJson.WriteVersion);
        json.WritePageToken(isMore ? PageToken.Create(offset + limit) : null);
    }

    private void SetTag(Message request, Utf8JsonWriter json)
    {
        var tag = request.ToKeyValue();
        Validation.CheckRegistryTag(tag.Key, tag.Value);
        database.Write(session =>
        {
            var version = Find(session, request);
            ModelVersionTable.SetTag(session, version.Name, version.Version, tag);
        });
    }

    private void DeleteTag(Message request, Utf8JsonWriter json) => database.Write(session =>
    {
        var version = Find(session, request);
        ModelVersionTable.DeleteTag(session, version.Name, version.Version, request.Text("key"));
    });

    private static ModelVersionRecord Find(Session session, Message request) =>
        ModelVersionTable.Get(session, request.Text("name"), RegistryNames.CheckVersion(request.Text("version")));

    private static void Answer(Utf8JsonWriter json, ModelVersionRecord version) =>
        json.WriteObject("model_version", () => RegistryJson.WriteVersion(json, version));
}
