using System.Text.Json;
using OrleansTrain.Tracking.Server.Database;
using OrleansTrain.Tracking.Server.Database.Registry;
using OrleansTrain.Tracking.Server.Protocol;

namespace OrleansTrain.Tracking.Server.Handlers.Registry;

/// <summary>The tag of a logged model that lists the versions made from it, as MLflow writes it.</summary>
internal static class RegisteredAs
{
    private const string Tag = "mlflow.modelVersions";

    /// <exception cref="MlflowError">There is no such logged model, or its tag is not a list.</exception>
    public static void Add(Session session, ModelVersionRecord version)
    {
        var model = LoggedModelTable.Get(session, version.ModelId);
        List<string> entries = [.. Read(model)];
        entries.Add($"{{\"name\": {JsonSerializer.Serialize(version.Name)}, \"version\": {version.Version}}}");
        LoggedModelTable.SetTags(session, model.ModelId, [new KeyValue(Tag, $"[{string.Join(", ", entries)}]")]);
    }

    /// <returns>What the tag lists, each as it stands.</returns>
    private static List<string> Read(LoggedModelRecord model)
    {
        if (model.Tags.FirstOrDefault(static tag => tag.Key == Tag) is not { } tag)
        {
            return [];
        }

        try
        {
            using var list = JsonDocument.Parse(tag.Value);
            return list.RootElement.ValueKind == JsonValueKind.Array
                ? [.. list.RootElement.EnumerateArray().Select(static entry => entry.GetRawText())]
                : throw NotAList(model);
        }
        catch (JsonException)
        {
            throw NotAList(model);
        }
    }

    private static MlflowError NotAList(LoggedModelRecord model) =>
        MlflowError.InvalidParameter($"The tag '{Tag}' of the logged model {model.ModelId} is not a JSON list: delete it, or set it to '[]'.");
}
