using System.Text.RegularExpressions;
using OrleansTrain.Tracking.Server.Protocol;

namespace OrleansTrain.Tracking.Server.Search;

/// <summary>One clause of an <c>order_by</c> list.</summary>
internal sealed partial record Ordering(string Entity, string Key, bool Ascending)
{
    /// <exception cref="MlflowError">The clause is not one.</exception>
    public static Ordering Parse(string clause, SearchDialect dialect)
    {
        var match = Clause().Match(clause);
        if (!match.Success)
        {
            throw MlflowError.InvalidParameter($"Invalid order_by clause '{clause}'. Could not be parsed.");
        }

        var direction = match.Groups["direction"].Value.ToUpperInvariant();
        if (direction is not ("" or "ASC" or "DESC"))
        {
            throw MlflowError.InvalidParameter($"Invalid ordering key in order_by clause '{clause}'.");
        }

        var (entity, key) = dialect.ReadOrderIdentifier(match.Groups["name"].Value);
        return new Ordering(entity, key, direction != "DESC");
    }

    [GeneratedRegex(
        """
        ^\s*(?<name>(?:[\p{L}_][\w$]*|`[^`]*`|"[^"]*")(?:\.(?:[\w$/.:-]+|`[^`]*`|"[^"]*"))*)(?:\s+(?<direction>\w+))?\s*$
        """,
        RegexOptions.CultureInvariant | RegexOptions.IgnorePatternWhitespace,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Clause();
}
