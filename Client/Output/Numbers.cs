using System.Globalization;

namespace OrleansTrain.Client.Output;

/// <summary>Numbers as the client shows them.</summary>
internal static class Numbers
{
    /// <summary>A loss or another metric: five significant digits.</summary>
    public static string Metric(double value) => value.ToString("G5", CultureInfo.InvariantCulture);

    /// <summary>A rate of samples.</summary>
    public static string Rate(double perSecond) => perSecond.ToString(perSecond < 10 ? "0.0" : "N0", CultureInfo.InvariantCulture) + " samples/s";

    /// <summary><c>0:42</c>, <c>12:05</c>, <c>3:00:12</c>.</summary>
    public static string Duration(TimeSpan time) => time.TotalHours >= 1
        ? string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours}:{time.Minutes:00}:{time.Seconds:00}")
        : string.Create(CultureInfo.InvariantCulture, $"{time.Minutes}:{time.Seconds:00}");

    public static string Bytes(long bytes)
    {
        string[] units = ["B", "KB", "MB", "GB", "TB"];
        var (value, unit) = ((double)bytes, 0);
        while (value >= 1000 && unit < units.Length - 1)
        {
            (value, unit) = (value / 1000, unit + 1);
        }

        return string.Create(CultureInfo.InvariantCulture, $"{value:0.#} {units[unit]}");
    }
}
