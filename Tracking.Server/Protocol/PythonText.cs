namespace OrleansTrain.Tracking.Server.Protocol;

internal static class PythonText
{
    /// <summary>Like Python's <c>repr</c> of a string.</summary>
    public static string Repr(string text)
    {
        var quote = text.Contains('\'', StringComparison.Ordinal) && !text.Contains('"', StringComparison.Ordinal) ? '"' : '\'';
        var inner = text.Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\n", "\\n", StringComparison.Ordinal)
            .Replace("\r", "\\r", StringComparison.Ordinal)
            .Replace("\t", "\\t", StringComparison.Ordinal);
        return $"{quote}{(quote == '\'' ? inner.Replace("'", "\\'", StringComparison.Ordinal) : inner)}{quote}";
    }
}
