namespace OrleansTrain.Data.Statistics;

/// <summary>
/// The categories of a column and how often each occurs, in ordinal order. Immutable; the vocabularies of parts merge in any order to the same.
/// </summary>
/// <param name="Column">The column's name.</param>
/// <param name="Categories">Every value but the missing ones, in ordinal order.</param>
/// <param name="Counts">Records with each category.</param>
public sealed record Vocabulary(string Column, IReadOnlyList<string> Categories, IReadOnlyList<long> Counts)
{
    /// <summary>Categories that a column may have; with more it is no category but text.</summary>
    public const int MostCategories = 1 << 16;

    /// <summary>Of all parts together.</summary>
    /// <exception cref="DatasetException">There are more categories than <see cref="MostCategories"/>.</exception>
    public static Vocabulary Merge(string column, IEnumerable<Vocabulary> parts)
    {
        var counts = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var part in parts)
        {
            for (var i = 0; i < part.Categories.Count; i++)
            {
                Add(counts, column, part.Categories[i], part.Counts[i]);
            }
        }

        return Of(column, counts);
    }

    internal static Vocabulary Of(string column, SortedDictionary<string, long> counts) => new(column, [.. counts.Keys], [.. counts.Values]);

    internal static void Add(SortedDictionary<string, long> counts, string column, string category, long count)
    {
        counts[category] = counts.GetValueOrDefault(category) + count;
        if (counts.Count > MostCategories)
        {
            throw new DatasetException($"Column '{column}' has more than {MostCategories} categories: it is no column to encode.");
        }
    }
}
