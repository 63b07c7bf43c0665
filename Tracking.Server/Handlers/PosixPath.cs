namespace OrleansTrain.Tracking.Server.Handlers;

internal static class PosixPath
{
    /// <summary>Like Python's <c>posixpath.normpath</c>.</summary>
    public static string Normalize(string path)
    {
        if (path.Length == 0)
        {
            return ".";
        }

        // POSIX lets exactly two leading slashes mean something else, and Python keeps them.
        var slashes = path.StartsWith("//", StringComparison.Ordinal) && !path.StartsWith("///", StringComparison.Ordinal) ? "//"
            : path.StartsWith('/') ? "/" : "";
        var parts = new List<string>();
        foreach (var part in path.Split('/').Where(static part => part is not ("" or ".")))
        {
            if (part != ".." || (slashes.Length == 0 && parts.Count == 0) || (parts.Count > 0 && parts[^1] == ".."))
            {
                parts.Add(part);
            }
            else if (parts.Count > 0)
            {
                parts.RemoveAt(parts.Count - 1);
            }
        }

        var normalized = slashes + string.Join('/', parts);
        return normalized.Length == 0 ? "." : normalized;
    }
}
