using System.Globalization;
using OrleansTrain.Data.Formats;

namespace OrleansTrain.Client.Specs;

/// <summary>The keys <c>format.NAME</c>: options of the data's format. What only the data can tell is checked when it is opened.</summary>
internal static class FormatKeys
{
    public static IReadOnlyList<SpecKey> All { get; } = [.. DataFormat.OptionNames.Select(Key)];

    private static SpecKey Key(string option)
    {
        var (allowed, isAllowed) = option switch
        {
            "channels" => ("0, 1 or 3", text => text is "0" or "1" or "3"),
            "width" or "height" or "most_pixels" => ("a whole number of at least 0", text => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _)),
            "delimiter" => ("one character", text => text.Length == 1),
            "header" => ("'none' where the first line names no columns", text => text == "none"),
            _ => ("text", (Func<string, bool>)(text => text.Length > 0)),
        };
        return SpecKey.Text($"{SpecGroups.Format}.{option}", allowed, isAllowed, (spec, text) =>
            spec with { FormatOptions = new SortedDictionary<string, string>(spec.FormatOptions.ToDictionary(), StringComparer.Ordinal) { [option] = text } });
    }
}
