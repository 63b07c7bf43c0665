using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace OrleansTrain.Tracking.Server.Protocol;

/// <summary>
/// Reads request bodies as Python's <c>json</c> does: it also takes the bare tokens NaN, Infinity and -Infinity. They become strings
/// that no field accepts, as protobuf refuses them unless quoted.
/// </summary>
internal static class LenientJson
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 128 };
    private static readonly byte[][] BareTokens = ["NaN"u8.ToArray(), "Infinity"u8.ToArray(), "-Infinity"u8.ToArray()];

    /// <returns>Null if the body is not JSON.</returns>
    public static JsonDocument? TryParse(ReadOnlyMemory<byte> body)
    {
        if (body.Span.StartsWith(Encoding.UTF8.Preamble))
        {
            body = body[Encoding.UTF8.Preamble.Length..];
        }

        return !Utf8.IsValid(body.Span) ? null : TryParseStrict(body) ?? (QuoteBareTokens(body.Span) is { } quoted ? TryParseStrict(quoted) : null);
    }

    /// <summary>The text of a JSON string; null if it holds half a surrogate pair, or stands for a bare token.</summary>
    public static string? Text(JsonElement value)
    {
        try
        {
            var text = value.GetString()!;
            return text.StartsWith('\0') && Array.Exists(BareTokens, token => text.AsSpan(1).SequenceEqual(Encoding.ASCII.GetString(token)))
                ? null
                : text;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static JsonDocument? TryParseStrict(ReadOnlyMemory<byte> body)
    {
        try
        {
            return JsonDocument.Parse(body, Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <returns>Null if there was none.</returns>
    private static byte[]? QuoteBareTokens(ReadOnlySpan<byte> body)
    {
        var quoted = new MemoryStream(body.Length + 64);
        var found = false;
        for (var i = 0; i < body.Length;)
        {
            if (body[i] == '"')
            {
                var end = EndOfString(body, i);
                quoted.Write(body[i..end]);
                i = end;
            }
            else if (TokenAt(body[i..]) is { } token)
            {
                quoted.Write("\"\\u0000"u8);
                quoted.Write(token);
                quoted.Write("\""u8);
                i += token.Length;
                found = true;
            }
            else
            {
                quoted.WriteByte(body[i++]);
            }
        }

        return found ? quoted.ToArray() : null;
    }

    private static int EndOfString(ReadOnlySpan<byte> body, int start)
    {
        var i = start + 1;
        while (i < body.Length && body[i] != '"')
        {
            i += body[i] == '\\' ? 2 : 1;
        }

        return Math.Min(i + 1, body.Length);
    }

    private static byte[]? TokenAt(ReadOnlySpan<byte> rest)
    {
        foreach (var token in BareTokens)
        {
            if (rest.StartsWith(token))
            {
                return token;
            }
        }

        return null;
    }
}
