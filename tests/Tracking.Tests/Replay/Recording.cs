using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace OrleansTrain.Tracking.Tests.Replay;

/// <summary>A request to a real MLflow and its answer.</summary>
public sealed record Recording(
    string Id,
    string Server,
    HttpMethod Method,
    string Target,
    IReadOnlyList<(string Name, string Value)> RequestHeaders,
    byte[]? RequestBody,
    int Status,
    string ContentType,
    byte[]? ResponseBody)
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "recordings");

    /// <summary>The run that came to be by this exchange, if one did.</summary>
    public string? CreatedRunId => Target.EndsWith("/runs/create", StringComparison.Ordinal) && Status == 200
        ? JsonNode.Parse(ResponseBody)!["run"]!["info"]!["run_id"]!.GetValue<string>()
        : null;

    public static IReadOnlyList<Recording> LoadAll() =>
    [
        .. Directory.EnumerateFiles(Folder, "*.json").Order(StringComparer.Ordinal)
            .Select(file => Read(Path.GetFileNameWithoutExtension(file), JsonNode.Parse(File.ReadAllText(file))!)),
    ];

    public static IReadOnlyList<Recording> LoadPythonClient(string name) =>
    [
        .. JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, "python-client", name)))!.AsArray()
            .Select((exchange, index) => ReadPython($"{index:000}-{name}", exchange!)),
    ];

    public override string ToString() => Id;

    private static Recording Read(string id, JsonNode json)
    {
        var query = Text(json, "query");
        return new Recording(
            id,
            Text(json, "server"),
            new HttpMethod(Text(json, "method")),
            Text(json, "path") + (query.Length > 0 ? "?" + query : ""),
            Headers(json),
            Bytes(json, "requestBody"),
            json["status"]!.GetValue<int>(),
            json["responseHeaders"]?["content-type"]?.GetValue<string>() ?? "",
            Bytes(json, "responseBody"));
    }

    /// <summary>Uploads were recorded by their length only, downloads without their content.</summary>
    private static Recording ReadPython(string id, JsonNode json)
    {
        var headers = Headers(json);
        var length = headers.FirstOrDefault(header => header.Name == "Content-Length").Value;
        var body = Bytes(json, "requestBody");
        return new Recording(
            id,
            "python",
            new HttpMethod(Text(json, "method")),
            new Uri(Text(json, "url")).PathAndQuery,
            [.. headers.Where(header => header.Name is "Content-Type" or "User-Agent")],
            Text(json, "requestBody") == "<stream>" ? new byte[length is null ? 0 : int.Parse(length, CultureInfo.InvariantCulture)] : body,
            json["status"]!.GetValue<int>(),
            Text(json, "responseContentType"),
            Bytes(json, "responseBody"));
    }

    private static (string Name, string Value)[] Headers(JsonNode json) =>
        [.. json["requestHeaders"]!.AsObject().Select(header => (header.Key, header.Value!.GetValue<string>()))];

    private static string Text(JsonNode json, string name) => json[name] is { } value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : "";

    private static byte[]? Bytes(JsonNode json, string name) => json[name] is null ? null
        : Text(json, name + "Encoding") == "base64" ? Convert.FromBase64String(Text(json, name))
        : Encoding.UTF8.GetBytes(Text(json, name));
}
