using System.Text.Json;

namespace OrleansTrain.Tracking.Server.Protocol;

/// <summary>
/// A check of one request parameter. Checks of the type only run when the message did not parse, as in MLflow.
/// </summary>
/// <param name="Run">Given the JSON value (null: absent or null), says what is wrong; null: nothing.</param>
internal sealed record Check(bool OfType, Func<JsonElement?, CheckFailure?> Run)
{
    /// <summary>The value must be there and not be empty.</summary>
    public static readonly Check Required = new(false, static value => PythonJson.IsMissing(value) ? CheckFailure.Usual : null);

    public static readonly Check Text = OfKinds(JsonValueKind.String);

    public static readonly Check List = OfKinds(JsonValueKind.Array);

    public static readonly Check Flag = OfKinds(JsonValueKind.True, JsonValueKind.False);

    public static readonly Check Integer = new(true, static value => PythonJson.ToInteger(value) is null ? CheckFailure.Usual : null);

    public static readonly Check Number = new(true, static value => PythonJson.IsFloatLike(value) ? null : CheckFailure.Usual);

    public static readonly Check Texts = new(
        true,
        static value => PythonJson.Items(value).All(static item => item.ValueKind == JsonValueKind.String) ? null : CheckFailure.Usual);

    public static Check AtMost(long limit) => new(
        false,
        value => PythonJson.ToInteger(value) is { } number && number <= limit ? null : CheckFailure.Usual);

    public static Check Within(long least, long most, string message) => new(
        false,
        value => PythonJson.ToInteger(value) is { } number && number >= least && number <= most ? null : new CheckFailure(message));

    /// <summary>Every entry of a list must have these.</summary>
    public static Check Entries(string list, params string[] required) => new(
        false,
        value => PythonJson.Items(value)
            .SelectMany((entry, index) => required.Where(name => PythonJson.IsMissing(PythonJson.Property(entry, name)))
                .Select(name => new CheckFailure($"Missing value for required parameter '{list}[{index}].{name}'.")))
            .FirstOrDefault());

    private static Check OfKinds(params JsonValueKind[] kinds) =>
        new(true, value => value is { } json && kinds.Contains(json.ValueKind) ? null : CheckFailure.Usual);
}
