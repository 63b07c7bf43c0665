using System.Text.Json;
using OrleansTrain.Tracking.Server.Database.Registry;

namespace OrleansTrain.Tracking.Server.Handlers.Registry;

/// <summary>Writes records of the registry as MLflow's messages.</summary>
internal static class RegistryJson
{
    public static void WriteModel(Utf8JsonWriter json, RegisteredModelRecord model)
    {
        json.WriteString("name", model.Name);
        json.WriteNumber("creation_timestamp", model.CreationTime);
        json.WriteNumber("last_updated_timestamp", model.LastUpdatedTime);
        if (!string.IsNullOrEmpty(model.Description))
        {
            json.WriteString("description", model.Description);
        }

        json.WriteList("latest_versions", model.LatestVersions, static (json, version) => WriteVersion(json, version with { Aliases = [] }));
        json.WriteList("tags", model.Tags, JsonWriting.WriteKeyValue);
        json.WriteList("aliases", model.Aliases, static (json, alias) =>
        {
            json.WriteString("alias", alias.Alias);
            json.WriteString("version", $"{alias.Version}");
        });
    }

    public static void WriteVersion(Utf8JsonWriter json, ModelVersionRecord version)
    {
        json.WriteString("name", version.Name);
        json.WriteString("version", $"{version.Version}");
        json.WriteNumber("creation_timestamp", version.CreationTime);
        json.WriteNumber("last_updated_timestamp", version.LastUpdatedTime);
        json.WriteString("current_stage", version.Stage);
        if (version.Description is { } description)
        {
            json.WriteString("description", description);
        }

        json.WriteString("source", version.Source);
        json.WriteString("run_id", version.RunId);
        json.WriteString("status", "READY");
        json.WriteList("tags", version.Tags, JsonWriting.WriteKeyValue);
        json.WriteString("run_link", version.RunLink);
        if (version.Aliases.Count > 0)
        {
            json.WriteStartArray("aliases");
            foreach (var alias in version.Aliases)
            {
                json.WriteStringValue(alias);
            }

            json.WriteEndArray();
        }
    }
}
