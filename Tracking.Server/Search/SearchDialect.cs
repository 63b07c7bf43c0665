using OrleansTrain.Tracking.Server.Protocol;

namespace OrleansTrain.Tracking.Server.Search;

/// <summary>What differs between searching runs and searching experiments.</summary>
internal abstract class SearchDialect
{
    protected static readonly string[] NumericOperators = [">", ">=", "!=", "=", "<", "<="];
    protected static readonly string[] TextOperators = ["!=", "=", "LIKE", "ILIKE"];

    public abstract (string Entity, string Key) ReadFilterIdentifier(string identifier);

    public abstract (string Entity, string Key) ReadOrderIdentifier(string identifier);

    public abstract bool IsNumericAttribute(string key);

    public abstract string NormalizeOperator(string comparator);

    /// <exception cref="MlflowError">The operator does not go with what it compares.</exception>
    public abstract void CheckOperator(Comparison comparison);

    public abstract string ShowInvalidClause(string clause);

    public static bool IsQuoted(string text, char quote) => text.Length >= 2 && text[0] == quote && text[^1] == quote;

    /// <summary>Cuts at the first dot; a name without one is an attribute (null).</summary>
    protected static (string? Entity, string Key) Cut(string identifier)
    {
        var dot = identifier.IndexOf('.', StringComparison.Ordinal);
        return dot < 0 ? (null, Unquote(identifier)) : (TrimQuotes(identifier[..dot].Trim(), '`'), Unquote(identifier[(dot + 1)..].Trim()));
    }

    protected static string CheckAttribute(string key, IReadOnlyCollection<string> valid) => valid.Contains(key)
        ? key
        : throw MlflowError.InvalidParameter(
            $"Invalid attribute key '{key}' specified. Valid keys are '{{{string.Join(", ", valid.Select(name => $"'{name}'"))}}}'");

    private static string Unquote(string key) => TrimQuotes(IsQuoted(key, '\'') ? key[1..^1] : TrimQuotes(key, '"'), '`');

    private static string TrimQuotes(string text, char quote) => IsQuoted(text, quote) ? text[1..^1] : text;
}
