using OrleansTrain.Data.Reading;
using OrleansTrain.Storage;

namespace OrleansTrain.Data.Formats;

/// <summary>Lists the objects of a dataset by split.</summary>
internal static class SplitListing
{
    /// <summary>
    /// Objects below a prefix whose name ends with one of these, with the name below the prefix, in key order. Empty ones are among them: an image of
    /// no bytes is a lost one, and must not go unnoticed.
    /// </summary>
    public static async IAsyncEnumerable<(string Name, ObjectInfo Info)> Objects(
        DatasetLocation location, string[] endings, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var folder = location.Key("");
        await foreach (var info in location.Store.List(folder, cancellationToken))
        {
            if (endings.Any(ending => info.Key.EndsWith(ending, StringComparison.OrdinalIgnoreCase)))
            {
                yield return (info.Key[folder.Length..], info);
            }
        }
    }

    /// <summary>The splits that there are.</summary>
    public static async Task<IReadOnlyList<string>> Names(DatasetLocation location, string[] endings, SplitRule rule, CancellationToken cancellationToken)
    {
        if (rule.ByShare)
        {
            return [.. rule.Names];
        }

        var names = new SortedSet<string>(StringComparer.Ordinal);
        await foreach (var (name, _) in Objects(location, endings, cancellationToken))
        {
            names.Add(SplitRule.ByName(name));
        }

        return [.. names];
    }

    /// <summary>The objects that hold records of a split: those named so, or, where records are divided by share, all of them.</summary>
    /// <exception cref="DatasetException">There is no such split.</exception>
    public static async Task<List<ObjectInfo>> Files(
        DatasetLocation location, string split, string[] endings, SplitRule rule, CancellationToken cancellationToken)
    {
        var found = new List<ObjectInfo>();
        var splits = new SortedSet<string>(rule.Names, StringComparer.Ordinal);
        await foreach (var (name, info) in Objects(location, endings, cancellationToken))
        {
            var own = rule.ByShare ? split : SplitRule.ByName(name);
            if (!rule.ByShare)
            {
                splits.Add(own);
            }

            if (own == split)
            {
                found.Add(info);
            }
        }

        return splits.Contains(split) && found.Count > 0 ? found : throw Missing(location, split, splits);
    }

    public static DatasetException Missing(DatasetLocation location, string split, IReadOnlyCollection<string> splits) => splits.Count == 0
        ? new DatasetException($"{location.Uri} has no objects of this format.")
        : DatasetException.MissingSplit(location.Uri, split, splits);
}
