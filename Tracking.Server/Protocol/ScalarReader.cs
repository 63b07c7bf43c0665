using System.Globalization;
using System.Text.Json;

namespace OrleansTrain.Tracking.Server.Protocol;

/// <summary>Which JSON values protobuf's Python JSON parser takes for which field.</summary>
internal static class ScalarReader
{
    /// <returns>Null if the value does not fit.</returns>
    public static object? Read(JsonElement value, Field field) => field.Kind switch
    {
        FieldKind.Text => ReadText(value, field.Name),
        FieldKind.Integer => ReadInteger(value),
        FieldKind.Number => ReadNumber(value),
        FieldKind.Flag => ReadFlag(value),
        FieldKind.Choice => ReadChoice(value, field.Values!),
        _ => throw new InvalidOperationException($"'{field.Name}' is not a scalar field."),
    };

    /// <summary>Experiment IDs were numbers before MLflow 0.9, and still are taken as such.</summary>
    private static string? ReadText(JsonElement value, string name) => value.ValueKind switch
    {
        JsonValueKind.String => LenientJson.Text(value),
        JsonValueKind.Number when name is "experiment_id" or "experiment_ids" => value.GetRawText(),
        _ => null,
    };

    private static long? ReadInteger(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => value.TryGetInt64(out var integer) ? integer : WholeNumber(value.GetDouble()),
        JsonValueKind.String => long.TryParse(LenientJson.Text(value), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer)
            ? integer
            : null,
        _ => null,
    };

    private static long? WholeNumber(double value)
    {
        const double limit = 9.2e18;
        return double.IsInteger(value) && Math.Abs(value) < limit ? (long)value : null;
    }

    private static double? ReadNumber(JsonElement value) => value.ValueKind switch
    {
        // A number too large for 64 bits is an infinity, and those must be quoted.
        JsonValueKind.Number => value.GetDouble() is var number && double.IsFinite(number) ? number : null,
        JsonValueKind.True => 1.0,
        JsonValueKind.False => 0.0,
        JsonValueKind.String when LenientJson.Text(value) is { } text => PythonFloat.TryParse(text, out var number) && text != "nan" ? number : null,
        _ => null,
    };

    private static bool? ReadFlag(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };

    private static string? ReadChoice(JsonElement value, IReadOnlyDictionary<int, string> names) => value.ValueKind switch
    {
        JsonValueKind.Number when value.TryGetInt32(out var number) => names.GetValueOrDefault(number),
        JsonValueKind.String when LenientJson.Text(value) is { } text => int.TryParse(text, CultureInfo.InvariantCulture, out var number)
            ? names.GetValueOrDefault(number)
            : names.Values.FirstOrDefault(name => name == text),
        _ => null,
    };
}
