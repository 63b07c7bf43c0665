using System.Globalization;
using System.Text;
using OrleansTrain.Tracking.Server.Protocol;

namespace OrleansTrain.Tracking.Server.Handlers;

/// <summary>What MLflow checks of keys and values before it stores them (mlflow/utils/validation.py), with its messages.</summary>
internal static class Validation
{
    private const int KeyLength = 250;
    private const int ParamLength = 6000;
    private const int TagLength = 8000;
    private const int RegistryTagLength = 100_000;
    private const int ExperimentTagLength = 5000;
    private const int ExperimentNameLength = 500;
    private const string BadCharacters =
        "Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colon(:) and slashes (/).";

    public static void CheckExperimentName(string name) => CheckLength("name", ExperimentNameLength, name);

    public static void CheckExperimentTag(string key, string value)
    {
        CheckName("key", key);
        CheckLength("key", KeyLength, key);
        CheckLength("value", ExperimentTagLength, value);
    }

    /// <summary>Tags of registered models and of their versions: long, because the text of a prompt is one.</summary>
    public static void CheckRegistryTag(string key, string value)
    {
        CheckName("key", key);
        CheckLength("key", KeyLength, key);
        CheckLength("value", RegistryTagLength, value);
    }

    /// <param name="path">What the complaint calls the param: <c>params[3]</c>, or nothing.</param>
    /// <returns>The param, cut as MLflow cuts it.</returns>
    public static Database.KeyValue CheckParam(Database.KeyValue param, string path = "")
    {
        CheckName(Join(path, "key"), param.Key);
        CheckLength("Param key", KeyLength, param.Key);
        return param with { Value = Cut(param.Value, ParamLength) };
    }

    /// <returns>The tag, cut as MLflow cuts it.</returns>
    public static Database.KeyValue CheckTag(Database.KeyValue tag, string path = "")
    {
        CheckName(Join(path, "key"), tag.Key);
        CheckLength(Join(path, "key"), KeyLength, tag.Key);
        return tag with { Value = Cut(tag.Value, TagLength) };
    }

    public static Database.MetricRecord CheckMetric(Message metric, string path = "")
    {
        var (key, value, timestamp) = (metric.Text("key"), metric.Number("value"), metric.Integer("timestamp"));
        CheckName(Join(path, "name"), key);
        if (timestamp < 0)
        {
            throw MlflowError.InvalidParameter(
                $"Invalid value {timestamp} for parameter '{Join(path, "timestamp")}' supplied: metric '{key}' (value={PythonFloat.Format(value)}). "
                + "Timestamp must be a nonnegative long (64-bit integer) ");
        }

        CheckLength("Metric name", KeyLength, key);

        // SQL has no NaN and no infinity.
        var stored = double.IsNaN(value) ? 0 : Math.Clamp(value, double.MinValue, double.MaxValue);
        return new Database.MetricRecord(key, stored, double.IsNaN(value), timestamp, metric.Integer("step"));
    }

    private static void CheckName(string path, string name)
    {
        if (!name.EnumerateRunes().All(IsAllowed))
        {
            throw MlflowError.InvalidParameter($"Invalid value {PythonJson.Dumps(name)} for parameter '{path}' supplied: {BadCharacters}");
        }

        var normalized = PosixPath.Normalize(name);
        if (normalized != name || normalized == "." || normalized.StartsWith("..", StringComparison.Ordinal) || normalized.StartsWith('/'))
        {
            throw MlflowError.InvalidParameter(
                $"Invalid value {PythonJson.Dumps(name)} for parameter '{path}' supplied: Names may be treated as files in certain cases, "
                + $"and must not resolve to other names when treated as such. This name would resolve to '{normalized}'");
        }
    }

    /// <summary>Python's <c>\w</c>, and a few more.</summary>
    private static bool IsAllowed(Rune rune) => rune.IsAscii
        ? char.IsAsciiLetterOrDigit((char)rune.Value) || "/_.- :".Contains((char)rune.Value, StringComparison.Ordinal)
        : Rune.IsLetter(rune)
            || Rune.GetUnicodeCategory(rune) is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;

    public static void CheckLength(string what, int limit, string value)
    {
        if (value.Length > limit && value.EnumerateRunes().Count() > limit)
        {
            throw MlflowError.InvalidParameter($"'{what}' exceeds the maximum length of {limit} characters");
        }
    }

    private static string Cut(string value, int limit) =>
        value.Length <= limit ? value : string.Concat(value.EnumerateRunes().Take(limit).Select(static rune => rune.ToString()));

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
