
namespace OrleansTrain.Grains.Placement;

/// <summary>Grain keys that end in the silo the grain is pinned to: <c>NAME|10.0.0.7:11111@142857</c>.</summary>
public static class PinnedKey
{
    private const char Separator = '|';

    /// <summary>The key of a grain called <paramref name="name"/> on <paramref name="silo"/>.</summary>
    public static string Create(string name, SiloAddress silo) => $"{name}{Separator}{silo.ToParsableString()}";

    /// <summary>Splits a key into name and silo.</summary>
    /// <exception cref="FormatException">The key names no silo.</exception>
    public static (string Name, SiloAddress Silo) Parse(string key)
    {
        var at = key.LastIndexOf(Separator);
        return at > 0
            ? (key[..at], SiloAddress.FromParsableString(key[(at + 1)..]))
            : throw new FormatException($"The grain key '{key}' names no silo: expected NAME{Separator}ADDRESS:PORT@GENERATION.");
    }
}
