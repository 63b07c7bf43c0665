using System.Text.RegularExpressions;
using OrleansTrain.Tracking.Server.Protocol;

namespace OrleansTrain.Tracking.Server.Search;

/// <summary>Cuts a filter into tokens as the SQL lexer behind MLflow's filters (sqlparse) does.</summary>
internal static partial class FilterLexer
{
    private static readonly HashSet<string> Keywords = new(StringComparer.OrdinalIgnoreCase)
    {
        "AND", "OR", "NOT", "IN", "IS", "NULL", "BETWEEN", "EXISTS", "SELECT", "FROM", "WHERE", "CASE", "WHEN", "THEN", "ELSE", "END", "TRUE", "FALSE",
    };

    /// <exception cref="MlflowError">The filter has several statements.</exception>
    public static List<Token> Tokenize(string filter)
    {
        var tokens = new List<Token>();
        foreach (Match match in Pattern().Matches(filter))
        {
            if (match.Groups["space"].Success)
            {
                continue;
            }

            if (tokens.Count > 0 && tokens[^1].Text == ";")
            {
                throw MlflowError.InvalidParameter($"Search filter contained multiple expression '{filter}'. Provide AND-ed expression list.");
            }

            tokens.Add(new Token(KindOf(match), match.Value));
        }

        return tokens;
    }

    private static TokenKind KindOf(Match match) =>
        match.Groups["like"].Success ? TokenKind.Comparison
        : match.Groups["name"].Success ? Keywords.Contains(match.Value) ? TokenKind.Keyword : TokenKind.Identifier
        : match.Groups["text"].Success ? TokenKind.Text
        : match.Groups["number"].Success ? TokenKind.Number
        : match.Groups["comparison"].Success ? TokenKind.Comparison
        : match.Groups["parenthesis"].Success ? TokenKind.Parenthesis
        : TokenKind.Other;

    [GeneratedRegex(
        """
        (?<space>\s+)
        |(?<like>(?:NOT\s+)?(?:LIKE|ILIKE|RLIKE)\b)
        |(?<text>'(?:''|\\'|[^'])*')
        |(?<name>(?:[\p{L}_][\w$]*|`(?:``|[^`])*`|"(?:""|\\"|[^"])*")(?:\s*\.\s*(?:[\w$]+|`(?:``|[^`])*`|"(?:""|\\"|[^"])*"))*)
        |(?<number>-?(?:\d+\.\d*|\.\d+|\d+)(?:E[-+]?\d+)?(?![\w.]))
        |(?<comparison>[<>=~!]+)
        |(?<parenthesis>\((?:'(?:''|\\'|[^'])*'|"(?:""|[^"])*"|[^()'"])*\))
        |.
        """,
        RegexOptions.IgnoreCase | RegexOptions.IgnorePatternWhitespace | RegexOptions.Singleline | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Pattern();
}
