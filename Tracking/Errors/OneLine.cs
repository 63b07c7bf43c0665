using System.Text;
using System.Text.RegularExpressions;

namespace OrleansTrain.Tracking.Errors;

/// <summary>Cuts what a server says down to one readable line.</summary>
internal static partial class OneLine
{
    private const int Longest = 400;
    private const int LongestHtml = 8 * 1024;

    public static string Of(string text)
    {
        var line = Whitespace().Replace(text, " ").Trim();
        return line.Length <= Longest ? line : string.Concat(line.AsSpan(0, Longest), "…");
    }

    /// <summary>The title of an HTML page, or the start of any other text.</summary>
    public static string OfBody(ReadOnlySpan<byte> body)
    {
        var text = Encoding.UTF8.GetString(body[..Math.Min(body.Length, LongestHtml)]);
        if (!text.AsSpan().TrimStart().StartsWith('<'))
        {
            return Of(text);
        }

        var title = Title().Match(text);
        return title.Success ? $"an HTML page titled '{Of(title.Groups[1].Value)}'" : "an HTML page";
    }

    [GeneratedRegex(@"[\s\p{Cc}]+", RegexOptions.NonBacktracking)]
    private static partial Regex Whitespace();

    [GeneratedRegex(@"<title>([^<]*)", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex Title();
}
