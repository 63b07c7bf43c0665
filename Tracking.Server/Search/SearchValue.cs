using System.Text.RegularExpressions;
using OrleansTrain.Tracking.Server.Protocol;

namespace OrleansTrain.Tracking.Server.Search;

/// <summary>The right side of a comparison: what it may be depends on the left.</summary>
internal static partial class SearchValue
{
    /// <returns>The comparison, still without its operator.</returns>
    public static Comparison Read(SearchDialect dialect, string entity, string key, Token value) => entity switch
    {
        Entity.Metric => ReadMetric(key, value),
        Entity.Attribute => ReadAttribute(dialect, key, value),
        Entity.Dataset => ReadDataset(key, value),
        _ => IsText(value)
            ? Single(entity, key, Unquote(value.Text))
            : throw MlflowError.InvalidParameter($"Expected a quoted string value for {entity} (e.g. 'my-value'). Got value {value.Text}"),
    };

    private static Comparison ReadMetric(string key, Token value) => value.Kind == TokenKind.Number
        ? Single(Entity.Metric, key, value.Text)
        : throw MlflowError.InvalidParameter($"Expected numeric value type for metric. Found {value.Text}");

    private static Comparison ReadAttribute(SearchDialect dialect, string key, Token value)
    {
        if (dialect.IsNumericAttribute(key))
        {
            return value.Kind == TokenKind.Number
                ? Single(Entity.Attribute, key, value.Text)
                : throw MlflowError.InvalidParameter($"Expected numeric value type for numeric attribute: {key}. Found {value.Text}");
        }

        if (value.Kind == TokenKind.Parenthesis)
        {
            return key == "run_id"
                ? Many(Entity.Attribute, key, value.Text)
                : throw MlflowError.InvalidParameter("Only the 'run_id' attribute supports comparison with a list of quoted string values.");
        }

        return IsText(value)
            ? Single(Entity.Attribute, key, Unquote(value.Text))
            : throw MlflowError.InvalidParameter($"Expected a quoted string value for attributes. Got value {value.Text}");
    }

    private static Comparison ReadDataset(string key, Token value) =>
        value.Kind == TokenKind.Parenthesis ? Many(Entity.Dataset, key, value.Text)
        : IsText(value) ? Single(Entity.Dataset, key, Unquote(value.Text))
        : throw MlflowError.InvalidParameter($"Expected a quoted string value for dataset attributes. Got value {value.Text}");

    private static Comparison Single(string entity, string key, string value) => new(entity, key, "", value);

    private static Comparison Many(string entity, string key, string list)
    {
        var values = list[1..^1].Trim();
        if (values.Length == 0)
        {
            throw MlflowError.InvalidParameter("While parsing a list in the query, expected a non-empty list of string values, but got empty list");
        }

        return TextList().IsMatch(values)
            ? new Comparison(entity, key, "", "", [.. TextInList().Matches(values).Select(match => match.Value[1..^1])])
            : throw MlflowError.InvalidParameter(
                $"While parsing a list in the query, expected string value, punctuation, or whitespace, but got different type in list: {list}");
    }

    private static bool IsText(Token value) => value.Kind is TokenKind.Text or TokenKind.Identifier;

    private static string Unquote(string text) => SearchDialect.IsQuoted(text, '\'') || SearchDialect.IsQuoted(text, '"')
        ? text[1..^1]
        : throw MlflowError.InvalidParameter(
            $"Parameter value is either not quoted or unidentified quote types used for string value {text}. Use either single or double quotes.");

    [GeneratedRegex(@"^'[^']*'(\s*,\s*'[^']*')*\s*,?$", RegexOptions.NonBacktracking)]
    private static partial Regex TextList();

    [GeneratedRegex("'[^']*'", RegexOptions.NonBacktracking)]
    private static partial Regex TextInList();
}
