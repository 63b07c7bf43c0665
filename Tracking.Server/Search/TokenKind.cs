namespace OrleansTrain.Tracking.Server.Search;

internal enum TokenKind
{
    /// <summary>Names joined by dots; each may stand in backticks or double quotes.</summary>
    Identifier,

    Keyword,

    /// <summary>In single quotes.</summary>
    Text,

    Number,

    Comparison,

    /// <summary>A list in parentheses, as one token.</summary>
    Parenthesis,

    Other,
}
