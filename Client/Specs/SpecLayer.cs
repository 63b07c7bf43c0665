using OrleansTrain.Client.Errors;

namespace OrleansTrain.Client.Specs;

/// <summary>The keys that one source sets. A key stands in it once; keys are not yet known to exist.</summary>
internal sealed class SpecLayer
{
    private readonly Dictionary<string, SpecEntry> _entries = new(StringComparer.Ordinal);

    public IReadOnlyCollection<SpecEntry> Entries => _entries.Values;

    /// <summary>The entry of a canonical key, or null.</summary>
    public SpecEntry? Find(string key) => _entries.GetValueOrDefault(key);

    /// <summary>Adds a key as the user wrote it: <c>optimizer.momentum</c> and <c>momentum</c> are the same.</summary>
    /// <exception cref="UsageException">The key stands here already.</exception>
    public void Add(string key, string text, string source)
    {
        var entry = new SpecEntry(Canonical(key), text, source);
        if (_entries.TryGetValue(entry.Key, out var first))
        {
            throw new UsageException(first.Source == source
                ? $"{key} is given twice ({source})"
                : $"{key} is given twice: by {first.Source} and by {source}");
        }

        _entries.Add(entry.Key, entry);
    }

    private static string Canonical(string key)
    {
        foreach (var group in SpecGroups.Names)
        {
            if (key.StartsWith(group + ".", StringComparison.Ordinal))
            {
                var inner = key[(group.Length + 1)..];
                return inner == "name" ? group : inner;
            }
        }

        return key == SpecGroups.Format + ".name" ? SpecGroups.Format : key;
    }
}
