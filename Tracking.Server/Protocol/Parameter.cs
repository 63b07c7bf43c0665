using System.Text.Json;

namespace OrleansTrain.Tracking.Server.Protocol;

/// <summary>A parameter of an endpoint and what MLflow checks of it, in MLflow's order.</summary>
internal sealed record Parameter(string Name, params Check[] Checks)
{
    private const string Advice = " See the API docs for more information about request parameters.";

    /// <exception cref="MlflowError">A check failed.</exception>
    public void Validate(JsonElement request, bool parsed)
    {
        var present = request.TryGetProperty(Name, out var value);
        if (!present && !Checks.Contains(Check.Required))
        {
            return;
        }

        JsonElement? checkedValue = present ? value : null;
        if (Name == "run_id" && (!present || value.ValueKind == JsonValueKind.Null) && request.TryGetProperty("run_uuid", out var legacy))
        {
            checkedValue = legacy;
        }

        foreach (var check in Checks)
        {
            if (!(check.OfType && parsed) && check.Run(checkedValue) is { } failure)
            {
                throw MlflowError.InvalidParameter(Describe(failure, check, checkedValue) + Advice);
            }
        }
    }

    private string Describe(CheckFailure failure, Check check, JsonElement? value) =>
        failure.Message
        ?? (check == Check.Required
            ? $"Missing value for required parameter '{Name}'."
            : $"Invalid value {PythonJson.Dumps(value)} for parameter '{Name}' supplied:  Hint: Value was of type '{PythonJson.TypeName(value)}'.");
}
