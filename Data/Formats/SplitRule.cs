using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace OrleansTrain.Data.Formats;

/// <summary>
/// Which split something belongs to: by a folder or file name that starts with a split's name, or, when shares are given, by the hash of its
/// name, which neither order nor number of the other ones changes. Immutable.
/// </summary>
internal sealed class SplitRule
{
    // Runs open train, validation and test, whatever the folders of a dataset call them.
    private static readonly Dictionary<string, string> Known = new(StringComparer.Ordinal)
    {
        ["train"] = "train",
        ["training"] = "train",
        ["test"] = "test",
        ["testing"] = "test",
        ["validation"] = "validation",
        ["val"] = "validation",
        ["valid"] = "validation",
        ["dev"] = "validation",
        ["eval"] = "validation",
    };

    private readonly List<(string Name, double End)> _shares = [];

    /// <summary>Reads <c>train=0.9,validation=0.1</c>; null or empty: by name.</summary>
    /// <exception cref="DatasetException">It is something else, or the shares do not add up to 1.</exception>
    public SplitRule(string? shares)
    {
        var end = 0.0;
        foreach (var share in (shares ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var parts = share.Split('=');
            if (parts.Length != 2 || !double.TryParse(parts[1], NumberStyles.Float, CultureInfo.InvariantCulture, out var part) || part is not (> 0 and <= 1))
            {
                throw new DatasetException($"'{shares}' are no shares of splits: expected for example train=0.9,validation=0.1.");
            }

            _shares.Add((parts[0], end += part));
        }

        if (_shares.Count > 0 && Math.Abs(end - 1) > 1e-9)
        {
            throw new DatasetException($"The shares '{shares}' add up to {end.ToString(CultureInfo.InvariantCulture)}, expected 1.");
        }
    }

    /// <summary>Whether single records of an object may belong to different splits.</summary>
    public bool ByShare => _shares.Count > 0;

    /// <summary>The splits that shares name.</summary>
    public IEnumerable<string> Names => _shares.Select(share => share.Name);

    /// <summary>The split of an object by the folder it lies in or the start of its name: <c>train</c>, <c>validation</c> or <c>test</c>; <c>train</c> for all others.</summary>
    public static string ByName(string name)
    {
        var folder = name.IndexOf('/', StringComparison.Ordinal);
        if (folder > 0)
        {
            return Known.GetValueOrDefault(name[..folder], "train");
        }

        var end = name.AsSpan().IndexOfAny("-_.");
        return end > 0 ? Known.GetValueOrDefault(name[..end], "train") : "train";
    }

    /// <summary>Whether the first folder of a name is a split's.</summary>
    public static bool NamesSplit(string name) => name.IndexOf('/', StringComparison.Ordinal) is > 0 and var folder && Known.ContainsKey(name[..folder]);

    /// <summary>The split of what has this name and number, by share.</summary>
    public string ByHash(string name, long number = 0)
    {
        var hash = XxHash3.HashToUInt64(MemoryMarshal.AsBytes(name.AsSpan()), number);
        var place = (hash >> 11) * (1.0 / (1L << 53));
        foreach (var (split, end) in _shares)
        {
            if (place < end)
            {
                return split;
            }
        }

        return _shares[^1].Name;
    }
}
