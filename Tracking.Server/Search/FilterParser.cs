using OrleansTrain.Tracking.Server.Protocol;

namespace OrleansTrain.Tracking.Server.Search;

/// <summary>Parses <c>condition AND condition…</c>, with MLflow's messages for what it is not.</summary>
internal sealed class FilterParser(SearchDialect dialect)
{
    /// <exception cref="MlflowError">The filter is not one.</exception>
    public List<Comparison> Parse(string filter)
    {
        var tokens = FilterLexer.Tokenize(filter);
        var comparisons = new List<Comparison>();
        var invalid = new List<string>();
        for (var i = 0; i < tokens.Count;)
        {
            if (ComparisonLength(tokens, i) is { } length)
            {
                comparisons.Add(ReadComparison(tokens, i, length));
                i += length;
            }
            else if (tokens[i].IsKeyword("AND"))
            {
                i++;
            }
            else
            {
                invalid.Add(InvalidClause(tokens, ref i));
            }
        }

        return invalid.Count == 0
            ? comparisons
            : throw MlflowError.InvalidParameter($"Invalid clause(s) in filter string: {string.Join(", ", invalid.Select(dialect.ShowInvalidClause))}");
    }

    /// <returns>Null if no comparison starts here.</returns>
    private static int? ComparisonLength(List<Token> tokens, int start)
    {
        Token? At(int offset) => start + offset < tokens.Count ? tokens[start + offset] : null;

        if (tokens[start].IsOperand && At(1)?.Kind == TokenKind.Comparison && At(2)?.IsOperand == true)
        {
            return 3;
        }

        if (tokens[start].Kind != TokenKind.Identifier)
        {
            return null;
        }

        return At(1)?.IsKeyword("IN") == true && At(2)?.Kind == TokenKind.Parenthesis ? 3
            : At(1)?.IsKeyword("NOT") == true && At(2)?.IsKeyword("IN") == true && At(3)?.Kind == TokenKind.Parenthesis ? 4
            : null;
    }

    private Comparison ReadComparison(List<Token> tokens, int start, int length)
    {
        var (left, right) = (tokens[start], tokens[start + length - 1]);
        if (left.Kind != TokenKind.Identifier)
        {
            throw MlflowError.InvalidParameter($"Invalid comparison clause. Expected 'Identifier' found '{left.Text}'");
        }

        var comparator = string.Join(' ', tokens.Skip(start + 1).Take(length - 2).Select(token => token.Text));
        var (entity, key) = dialect.ReadFilterIdentifier(left.Text);
        var comparison = SearchValue.Read(dialect, entity, key, right) with { Operator = dialect.NormalizeOperator(comparator) };
        dialect.CheckOperator(comparison);
        return comparison;
    }

    /// <summary>Two names in a row count as one with an alias.</summary>
    private static string InvalidClause(List<Token> tokens, ref int i)
    {
        var token = tokens[i++];
        return token.Kind == TokenKind.Identifier && i < tokens.Count && tokens[i].Kind == TokenKind.Identifier
            ? $"{token.Text} {tokens[i++].Text}"
            : token.Text;
    }
}
