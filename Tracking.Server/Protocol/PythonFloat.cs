using System.Globalization;

namespace OrleansTrain.Tracking.Server.Protocol;

/// <summary>Floating-point numbers as Python reads and writes them.</summary>
internal static class PythonFloat
{
    private const int LeastFixed = -4;
    private const int LeastScientific = 16;

    /// <summary>Like Python's <c>float(text)</c>.</summary>
    public static bool TryParse(string text, out double value)
    {
        var trimmed = text.Trim();
        var unsigned = trimmed.TrimStart('+', '-');
        if (trimmed.Length - unsigned.Length <= 1)
        {
            var sign = trimmed.StartsWith('-') ? -1 : 1;
            switch (unsigned.ToUpperInvariant())
            {
                case "INF" or "INFINITY":
                    value = sign * double.PositiveInfinity;
                    return true;
                case "NAN":
                    value = double.NaN;
                    return true;
            }
        }

        value = 0;
        return unsigned.Length > 0
            && (char.IsAsciiDigit(unsigned[0]) || unsigned[0] == '.')
            && double.TryParse(trimmed, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>Like Python's <c>repr</c>: <c>1.0</c>, <c>0.1</c>, <c>1e+308</c>, <c>nan</c>.</summary>
    public static string Format(double value)
    {
        if (!double.IsFinite(value))
        {
            return double.IsNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
        }

        // .NET's shortest digits are Python's; only where the scientific notation begins differs.
        var (digits, exponent) = Take(Math.Abs(value).ToString("R", CultureInfo.InvariantCulture));
        var sign = double.IsNegative(value) ? "-" : "";
        return sign + (exponent is >= LeastFixed and < LeastScientific ? Fixed(digits, exponent) : Scientific(digits, exponent));
    }

    /// <returns>The significant digits, without zeros at either end, and the exponent if the point stood behind the first of them.</returns>
    private static (string Digits, int Exponent) Take(string number)
    {
        var parts = number.Split('E');
        var point = parts[0].IndexOf('.', StringComparison.Ordinal);
        var all = parts[0].Replace(".", "", StringComparison.Ordinal);
        var digits = all.TrimStart('0');
        var exponent = (point < 0 ? all.Length : point) - (all.Length - digits.Length) - 1;
        return digits.Length == 0
            ? ("0", 0)
            : (digits.TrimEnd('0'), exponent + (parts.Length > 1 ? int.Parse(parts[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) : 0));
    }

    private static string Fixed(string digits, int exponent) => exponent switch
    {
        < 0 => $"0.{new string('0', -exponent - 1)}{digits}",
        _ when digits.Length <= exponent + 1 => $"{digits.PadRight(exponent + 1, '0')}.0",
        _ => $"{digits[..(exponent + 1)]}.{digits[(exponent + 1)..]}",
    };

    private static string Scientific(string digits, int exponent) =>
        $"{digits[0]}{(digits.Length > 1 ? "." + digits[1..] : "")}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";
}
