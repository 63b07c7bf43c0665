using Microsoft.AspNetCore.StaticFiles;

namespace OrleansTrain.Tracking.Server.Artifacts;

/// <summary>The content type MLflow guesses from a name: what reads as text is plain text, so that no browser runs it.</summary>
internal static class ArtifactContentType
{
    private const string PlainText = "text/plain";
    private const string Binary = "application/octet-stream";

    private static readonly HashSet<string> TextNames = new(StringComparer.OrdinalIgnoreCase)
    {
        "txt", "log", "err", "cfg", "conf", "cnf", "cf", "ini", "properties", "prop", "hocon", "toml", "yaml", "yml", "xml", "json", "js", "py", "py3",
        "csv", "tsv", "md", "rst", "MLmodel", "MLproject",
    };

    private static readonly FileExtensionContentTypeProvider ByExtension = new();

    public static string Of(string name)
    {
        var extension = name[(name.LastIndexOf('.') + 1)..];
        return TextNames.Contains(extension) ? PlainText : ByExtension.TryGetContentType(name, out var type) ? type : Binary;
    }
}
