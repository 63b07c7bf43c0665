using System.Globalization;
using System.Text.RegularExpressions;

namespace OrleansTrain.Hosting;

/// <summary>Sizes of memory as people write them for Docker and Kubernetes.</summary>
public static partial class MemorySize
{
    /// <summary>The variable that says how much memory loaded dataset blocks may take on a silo.</summary>
    public const string DatasetVariable = "ORLEANSTRAIN_DATASET_MEMORY";

    /// <summary>Bytes of <c>536870912</c>, <c>512Mi</c>, <c>512MiB</c>, <c>0.5Gi</c>, <c>500M</c>, <c>500MB</c>: with an <c>i</c> powers of 1024, without of 1000.</summary>
    /// <param name="text">What was written.</param>
    /// <param name="name">The flag or variable, for the error.</param>
    /// <exception cref="FormatException">It is no size, or below zero.</exception>
    public static long Parse(string text, string name)
    {
        var match = Pattern().Match(text.Trim());
        if (match.Success && double.TryParse(match.Groups["number"].Value, CultureInfo.InvariantCulture, out var number))
        {
            var unit = match.Groups["power"].Value.ToUpperInvariant();
            var bytes = number * Math.Pow(match.Groups["binary"].Success ? 1024 : 1000, unit.Length == 0 ? 0 : "KMGT".IndexOf(unit[0], StringComparison.Ordinal) + 1);
            if (bytes < long.MaxValue)
            {
                return (long)bytes;
            }
        }

        throw new FormatException($"{name} must be a size of memory, such as 512Mi or 4GiB; found '{text}'.");
    }

    /// <summary>What the environment says about <see cref="DatasetVariable"/>; null when nothing.</summary>
    /// <exception cref="FormatException">It is no size.</exception>
    public static long? DatasetFromEnvironment(Func<string, string?> environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        return environment(DatasetVariable) is { Length: > 0 } text ? Parse(text, DatasetVariable) : null;
    }

    [GeneratedRegex("^(?<number>[0-9]+([.][0-9]+)?) ?((?<power>[kKmMgGtT])(?<binary>i)?)?[bB]?$", RegexOptions.ExplicitCapture)]
    private static partial Regex Pattern();
}
