using Microsoft.AspNetCore.Http;

namespace OrleansTrain.Tracking.Server.Http;

/// <param name="Path">
/// Decoded once. Ends with a slash if it stands for all that begins so; a part in braces stands for any part, and names it.
/// </param>
internal sealed record Route(string Method, string Path, Func<HttpContext, RequestTarget, Task> Handle)
{
    public bool IsPrefix => Path.Length > 1 && Path.EndsWith('/');

    public bool HasNames => Path.Contains('{', StringComparison.Ordinal);

    /// <returns>The values of the names, or null if the path is another.</returns>
    public IReadOnlyDictionary<string, string>? Match(string path)
    {
        var (mine, theirs) = (Path.Split('/'), path.Split('/'));
        if (mine.Length != theirs.Length)
        {
            return null;
        }

        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (part, value) in mine.Zip(theirs))
        {
            if (part.StartsWith('{') && value.Length > 0)
            {
                values[part[1..^1]] = value;
            }
            else if (part != value)
            {
                return null;
            }
        }

        return values;
    }
}
