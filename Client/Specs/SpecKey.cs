using System.Globalization;
using OrleansTrain.Grains.Abstractions.Specs;

namespace OrleansTrain.Client.Specs;

/// <summary>One key of a spec: what it may hold, in words, and how it is put into the spec.</summary>
/// <param name="Allowed">Completes "… must be".</param>
/// <param name="Apply">The spec with the value, or null when the value is not allowed.</param>
internal sealed record SpecKey(string Name, string Allowed, Func<RunSpec, string, RunSpec?> Apply)
{
    public static SpecKey Text(string name, string allowed, Func<string, bool> isAllowed, Func<RunSpec, string, RunSpec> apply) =>
        new(name, allowed, (spec, text) => isAllowed(text) ? apply(spec, text) : null);

    public static SpecKey OneOf(string name, IReadOnlyList<string> values, Func<RunSpec, string, RunSpec> apply) =>
        new(name, $"one of {string.Join(", ", values)}", (spec, text) => values.Contains(text) ? apply(spec, text) : null);

    public static SpecKey Flag(string name, Func<RunSpec, bool, RunSpec> apply) =>
        new(name, "true or false", (spec, text) => bool.TryParse(text, out var value) ? apply(spec, value) : null);

    public static SpecKey Whole(string name, long smallest, long largest, Func<RunSpec, long, RunSpec> apply) =>
        new(
            name,
            largest == long.MaxValue ? $"a whole number of at least {smallest}" : $"a whole number from {smallest} to {largest}",
            (spec, text) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
                && value >= smallest && value <= largest
                    ? apply(spec, value)
                    : null);

    /// <summary>A finite number for which <paramref name="isAllowed"/> holds.</summary>
    public static SpecKey Number(string name, string allowed, Func<double, bool> isAllowed, Func<RunSpec, double, RunSpec> apply) =>
        new(
            name,
            allowed,
            (spec, text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
                && double.IsFinite(value) && isAllowed(value)
                    ? apply(spec, value)
                    : null);
}
