using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;

namespace OrleansTrain.Tracking.Server.Protocol;

/// <summary>JSON values as MLflow's Python code sees and shows them.</summary>
internal static class PythonJson
{
    public static bool IsMissing(JsonElement? value) =>
        value is not { } json
        || json.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined
        || (json.ValueKind == JsonValueKind.String && json.ValueEquals(""));

    /// <summary>Like Python's <c>int(value)</c>; null where that raises ValueError.</summary>
    /// <exception cref="UnhandledRequestException">Where it raises TypeError.</exception>
    public static BigInteger? ToInteger(JsonElement? value) => value?.ValueKind switch
    {
        JsonValueKind.Number => double.IsFinite(value.Value.GetDouble()) ? new BigInteger(value.Value.GetDouble()) : null,
        JsonValueKind.True => BigInteger.One,
        JsonValueKind.False => BigInteger.Zero,
        JsonValueKind.String => BigInteger.TryParse(LenientJson.Text(value.Value), NumberStyles.Integer, CultureInfo.InvariantCulture, out var number)
            ? number
            : null,
        _ => throw new UnhandledRequestException("int() argument must be a string or a number"),
    };

    public static bool IsFloatLike(JsonElement? value) => value?.ValueKind switch
    {
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => true,
        JsonValueKind.String => LenientJson.Text(value.Value) is not { } text || PythonFloat.TryParse(text, out _),
        _ => throw new UnhandledRequestException("float() argument must be a string or a number"),
    };

    /// <exception cref="UnhandledRequestException">The value is not a list.</exception>
    public static IEnumerable<JsonElement> Items(JsonElement? value) => value is { ValueKind: JsonValueKind.Array } list
        ? list.EnumerateArray()
        : throw new UnhandledRequestException("the value is not a list");

    /// <exception cref="UnhandledRequestException">The value is not an object.</exception>
    public static JsonElement? Property(JsonElement value, string name) => value.ValueKind != JsonValueKind.Object
        ? throw new UnhandledRequestException("an entry of a list is not an object")
        : value.TryGetProperty(name, out var property) ? property : null;

    public static string TypeName(JsonElement? value) => value?.ValueKind switch
    {
        JsonValueKind.String => LenientJson.Text(value.Value) is null ? "float" : "str",
        JsonValueKind.Number => value.Value.GetRawText().AsSpan().ContainsAny(".eE") ? "float" : "int",
        JsonValueKind.True or JsonValueKind.False => "bool",
        JsonValueKind.Array => "list",
        JsonValueKind.Object => "dict",
        _ => "NoneType",
    };

    /// <summary>Like <c>json.dumps(value, sort_keys=True, separators=(",", ":"))</c>.</summary>
    public static string Dumps(JsonElement? value)
    {
        var text = new StringBuilder();
        Dump(value, text);
        return text.ToString();
    }

    public static string Dumps(string value)
    {
        var text = new StringBuilder();
        DumpText(value, text);
        return text.ToString();
    }

    private static void Dump(JsonElement? value, StringBuilder text)
    {
        switch (value?.ValueKind)
        {
            case JsonValueKind.String:
                DumpText(value.Value.GetString()!, text);
                break;
            case JsonValueKind.Array:
                text.Append('[').AppendJoin(',', value.Value.EnumerateArray().Select(static item => Dumps(item))).Append(']');
                break;
            case JsonValueKind.Object:
                var properties = value.Value.EnumerateObject().OrderBy(static property => property.Name, StringComparer.Ordinal);
                text.Append('{').AppendJoin(',', properties.Select(static property => $"{Dumps(property.Name)}:{Dumps(property.Value)}")).Append('}');
                break;
            case null or JsonValueKind.Undefined:
                text.Append("null");
                break;
            default:
                text.Append(value.Value.GetRawText());
                break;
        }
    }

    private static void DumpText(string value, StringBuilder text)
    {
        text.Append('"');
        foreach (var character in value)
        {
            text.Append(character switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '\b' => "\\b",
                '\f' => "\\f",
                >= ' ' and <= '~' => character.ToString(),
                _ => $"\\u{(int)character:x4}",
            });
        }

        text.Append('"');
    }
}
