using System.Globalization;

namespace OrleansTrain.Client.Specs;

/// <summary>Times as people write them: <c>30s</c>, <c>10m</c>, <c>1.5h</c>.</summary>
internal static class SpecDuration
{
    private const double LongestSeconds = 30 * 24 * 3600;

    /// <summary>Seconds, or null when the text is no time above zero and of at most 30 days. Without a unit only where seconds are meant.</summary>
    public static double? Seconds(string text, bool unitRequired)
    {
        var trimmed = text.Trim();
        double? unit = trimmed.Length == 0 ? null : char.ToLowerInvariant(trimmed[^1]) switch
        {
            's' => 1,
            'm' => 60,
            'h' => 3600,
            _ => null,
        };
        if (unit is null && unitRequired)
        {
            return null;
        }

        var digits = unit is null ? trimmed : trimmed[..^1].TrimEnd();
        return double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            && value * (unit ?? 1) is > 0 and <= LongestSeconds and var seconds
                ? seconds
                : null;
    }
}
