using System.Text.RegularExpressions;

namespace OrleansTrain.Data.Idx;

/// <summary>Reads split and column out of file names such as <c>t10k-images-idx3-ubyte.gz</c>.</summary>
internal static partial class IdxNames
{
    /// <summary>Split and column that a file name means, or null for files that are something else.</summary>
    public static (string Split, string Column, bool Gzip)? Parse(string fileName)
    {
        var match = Pattern().Match(fileName);
        if (!match.Success)
        {
            return null;
        }

        var split = match.Groups["split"].Value;
        var column = match.Groups["column"].Value;
        return (split == "t10k" ? "test" : split, column.EndsWith('s') ? column[..^1] : column, match.Groups["gzip"].Success);
    }

    [GeneratedRegex(@"^(?<split>[^-/]+)-(?<column>[a-z]+)[-.]idx\d-[a-z0-9]+(?<gzip>\.gz)?$")]
    private static partial Regex Pattern();
}
