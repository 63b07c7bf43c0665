using System.Globalization;
using System.Text;
using OrleansTrain.Tracking.Errors;

namespace OrleansTrain.Tracking;

/// <summary>
/// MLflow's rule for keys of metrics, params and tags: letters and digits of any script, and <c>_ - . : /</c> and space; at most 250
/// characters; not a path that leads elsewhere (mlflow/utils/validation.py).
/// </summary>
public static class MlflowNames
{
    /// <exception cref="MlflowException">A key that MLflow would refuse, or a param with two values.</exception>
    internal static void Check(MlflowBatch batch)
    {
        foreach (var metric in batch.Metrics)
        {
            Check("metric", metric.Key);
        }

        foreach (var tag in batch.Tags)
        {
            Check("tag", tag.Key);
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var param in batch.Params)
        {
            Check("param", param.Key);
            if (!seen.Add(param.Key))
            {
                throw Refusal($"The param '{OneLineKey(param.Key)}' is twice in one batch: MLflow takes one value a param.");
            }
        }
    }

    /// <exception cref="MlflowException">A key that MLflow would refuse.</exception>
    internal static void Check(string kind, string key)
    {
        if (Problem(key) is { } problem)
        {
            throw Refusal($"MLflow does not take '{OneLineKey(key)}' as the key of a {kind}: {problem}.");
        }
    }

    /// <summary>Why MLflow would refuse a key, null if it would not.</summary>
    public static string? Problem(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (key.Length == 0)
        {
            return "it is empty";
        }

        if (key.EnumerateRunes().Count() > MlflowLimits.KeyLength)
        {
            return $"it has more than {MlflowLimits.KeyLength} characters";
        }

        foreach (var rune in key.EnumerateRunes())
        {
            if (!IsAllowed(rune))
            {
                return $"'{rune}' is not a letter, a digit, or one of _ - . : / and space";
            }
        }

        return key.Split('/').Any(static part => part is "" or "." or "..")
            ? "it must not begin or end with a slash, nor have a part that is empty, '.' or '..'"
            : null;
    }

    private static bool IsAllowed(Rune rune) => rune.IsAscii
        ? char.IsAsciiLetterOrDigit((char)rune.Value) || "_-. :/".Contains((char)rune.Value, StringComparison.Ordinal)
        : Rune.GetUnicodeCategory(rune) is UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter
            or UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter
            or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;

    private static string OneLineKey(string key)
    {
        const int shown = 60;
        return OneLine.Of(key.Length <= shown ? key : key[..shown] + "…");
    }

    private static MlflowException Refusal(string message) => new(message, MlflowErrorCodes.InvalidParameterValue);
}
