using System.Globalization;

namespace OrleansTrain.Tracking.Server.Protocol;

/// <summary>Floating-point numbers as Python reads and writes them.</summary>
internal static class PythonFloat
{
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

        var text = value.ToString("R", CultureInfo.InvariantCulture);
        const double pythonTurnsScientific = 1e16;
        if (text.Contains('E', StringComparison.Ordinal))
        {
            return Math.Abs(value) is >= 1 and < pythonTurnsScientific
                ? value.ToString("F1", CultureInfo.InvariantCulture)
                : text.Replace('E', 'e');
        }

        return text.Contains('.', StringComparison.Ordinal) ? text : text + ".0";
    }
}
