using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace OrleansTrain.Tracking.Tests.Replay;

/// <summary>
/// JSON made comparable: properties sorted; times that a server took from its clock and names it drew replaced by a word; the artifact
/// root of the recordings' S3 server replaced by ours.
/// </summary>
internal static partial class Normal
{
    private static readonly string[] ServerTimes =
    [
        "creation_time", "last_update_time", "creation_timestamp", "last_updated_timestamp", "creation_timestamp_ms", "last_updated_timestamp_ms",
    ];

    public static string Of(string json) => Normalize("", JsonNode.Parse(json))?.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) ?? "null";

    private static JsonNode? Normalize(string name, JsonNode? node) => node switch
    {
        JsonObject properties => new JsonObject(properties.OrderBy(property => property.Key, StringComparer.Ordinal)
            .Select(property => KeyValuePair.Create(property.Key, Normalize(property.Key, property.Value)))),
        JsonArray items => new JsonArray([.. items.Select(item => Normalize(name, item))]),
        JsonValue value when value.GetValueKind() == JsonValueKind.String => Text(value.GetValue<string>()),
        JsonValue value when value.GetValueKind() == JsonValueKind.Number && ServerTimes.Contains(name) => "TIME",
        JsonValue value when value.GetValueKind() == JsonValueKind.Number => value.GetValue<double>(),
        _ => node?.DeepClone(),
    };

    private static string Text(string value) => RandomName().IsMatch(value) ? "RANDOM-NAME"
        : PythonSet().Replace(ArtifactRoot().Replace(value, "mlflow-artifacts:/"), static set => $"{{{string.Join(", ", set.Value[1..^1].Split(", ").Order(StringComparer.Ordinal))}}}");

    /// <summary>Python prints the members of a set in any order.</summary>
    [GeneratedRegex(@"\{'[^{}]*'\}")]
    private static partial Regex PythonSet();

    [GeneratedRegex(@"^[a-z]+-[a-z]+-\d{1,3}$")]
    private static partial Regex RandomName();

    [GeneratedRegex(@"s3://mlflow/(?=\d)")]
    private static partial Regex ArtifactRoot();
}
