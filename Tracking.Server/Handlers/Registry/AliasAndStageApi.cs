using System.Text.Json;
using OrleansTrain.Tracking.Server.Database;
using OrleansTrain.Tracking.Server.Database.Registry;
using OrleansTrain.Tracking.Server.Protocol;

namespace OrleansTrain.Tracking.Server.Handlers.Registry;

/// <summary>Ways to name a version by what it is for: aliases, and the older stages.</summary>
internal sealed class AliasAndStageApi(TrackingDatabase database)
{
    private static readonly MessageType NameAndAlias = new(Field.Text("name"), Field.Text("alias"));
    private static readonly MessageType NameAndStages = new(Field.Text("name"), Field.Texts("stages"));
    private static readonly Parameter RequiredName = new("name", Check.Text, Check.Required);
    private static readonly Parameter RequiredAlias = new("alias", Check.Text, Check.Required);
    private static readonly Parameter RequiredVersion = new("version", Check.Text, Check.Required);
    private static readonly Parameter[] LatestParameters = [RequiredName, new("stages", Check.List, Check.Texts)];

    public IEnumerable<ApiMethod> Methods =>
    [
        ApiMethod.Post(
            "registered-models/alias",
            new MessageType(Field.Text("name"), Field.Text("alias"), Field.Text("version")),
            [RequiredName, RequiredAlias, RequiredVersion],
            SetAlias),
        ApiMethod.Get("registered-models/alias", NameAndAlias, [RequiredName, RequiredAlias], GetByAlias),
        new("DELETE", "registered-models/alias", NameAndAlias, [RequiredName, RequiredAlias], DeleteAlias),
        ApiMethod.Post(
            "model-versions/transition-stage",
            new MessageType(Field.Text("name"), Field.Text("version"), Field.Text("stage"), Field.Flag("archive_existing_versions")),
            [RequiredName, RequiredVersion, new("stage", Check.Text, Check.Required), new("archive_existing_versions", Check.Flag)],
            SetStage),
        ApiMethod.Post("registered-models/get-latest-versions", NameAndStages, LatestParameters, GetLatest),
        ApiMethod.Get("registered-models/get-latest-versions", NameAndStages, LatestParameters, GetLatest),
    ];

    private void SetAlias(Message request, Utf8JsonWriter json)
    {
        var alias = request.Text("alias");
        RegistryNames.CheckAlias(alias);
        database.Write(session =>
        {
            var version = ModelVersionTable.Get(session, request.Text("name"), RegistryNames.CheckVersion(request.Text("version")));
            RegisteredModelTable.SetAlias(session, version.Name, alias, version.Version);
        });
    }

    private void GetByAlias(Message request, Utf8JsonWriter json)
    {
        var version = database.Read(session =>
        {
            var model = RegisteredModelTable.Get(session, request.Text("name"));
            var alias = request.Text("alias");
            return model.Aliases.FirstOrDefault(candidate => candidate.Alias == alias) is { } found
                ? ModelVersionTable.Get(session, model.Name, found.Version)
                : throw MlflowError.InvalidParameter($"Registered model alias {alias} not found.");
        });
        json.WriteObject("model_version", () => RegistryJson.WriteVersion(json, version));
    }

    private void DeleteAlias(Message request, Utf8JsonWriter json) => database.Write(session =>
        RegisteredModelTable.DeleteAlias(session, RegisteredModelTable.Get(session, request.Text("name")).Name, request.Text("alias")));

    private void SetStage(Message request, Utf8JsonWriter json)
    {
        var stage = RegistryNames.CheckStage(request.Text("stage"));
        if (request.Flag("archive_existing_versions") && !RegistryNames.IsActiveStage(stage))
        {
            throw MlflowError.Internal(
                $"Model version transition cannot archive existing model versions because '{stage}' is not an Active stage. "
                + "Valid stages are ['Staging', 'Production']");
        }

        var (name, number) = (request.Text("name"), RegistryNames.CheckVersion(request.Text("version")));
        var version = database.Write(session =>
        {
            ModelVersionTable.SetStage(session, ModelVersionTable.Get(session, name, number), stage, request.Flag("archive_existing_versions"));
            return ModelVersionTable.Get(session, name, number);
        });
        json.WriteObject("model_version", () => RegistryJson.WriteVersion(json, version));
    }

    private void GetLatest(Message request, Utf8JsonWriter json)
    {
        List<string> stages = [.. request.Texts("stages").Select(RegistryNames.CheckStage)];
        var latest = database.Read(session => RegisteredModelTable.Get(session, request.Text("name"))).LatestVersions;
        json.WriteList("model_versions", [.. latest.Where(version => stages.Count == 0 || stages.Contains(version.Stage))], RegistryJson.WriteVersion);
    }
}
