namespace OrleansTrain.Tracking.Server.Search;

/// <param name="Text">As written.</param>
internal readonly record struct Token(TokenKind Kind, string Text)
{
    public bool IsKeyword(string keyword) => Kind == TokenKind.Keyword && Text.Equals(keyword, StringComparison.OrdinalIgnoreCase);

    /// <summary>What may stand on either side of a comparison.</summary>
    public bool IsOperand => Kind is TokenKind.Identifier or TokenKind.Text or TokenKind.Number or TokenKind.Parenthesis;
}
