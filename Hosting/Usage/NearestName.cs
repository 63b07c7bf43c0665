namespace OrleansTrain.Hosting.Usage;

/// <summary>Finds what a misspelt name was probably meant to be.</summary>
public static class NearestName
{
    /// <summary><paramref name="refusal"/>, the candidate that was probably meant, and all there are: <c>…; did you mean 'x'? Tasks: x, y</c>.</summary>
    /// <param name="kind">What the candidates are: <c>Tasks</c>.</param>
    public static string Suggest(string refusal, string name, string kind, IReadOnlyCollection<string> candidates)
    {
        var nearest = Find(name, candidates);
        return $"{refusal}{(nearest is null ? "." : $"; did you mean '{nearest}'?")} {kind}: {(candidates.Count == 0 ? "none" : string.Join(", ", candidates))}";
    }

    /// <summary>
    /// The candidate with the smallest edit distance, if a third of the name or less was mistyped; else one that contains it,
    /// whether its words are joined by '-', '_' or not at all.
    /// </summary>
    public static string? Find(string name, IEnumerable<string> candidates)
    {
        var limit = Math.Max(1, name.Length / 3);
        string? nearest = null;
        string? containing = null;
        var smallest = limit + 1;
        foreach (var candidate in candidates)
        {
            var distance = Distance(name, candidate);
            if (distance < smallest)
            {
                (smallest, nearest) = (distance, candidate);
            }

            if (containing is null && name.Length >= 3 && Joined(candidate).Contains(Joined(name), StringComparison.OrdinalIgnoreCase))
            {
                containing = candidate;
            }
        }

        return nearest ?? containing;
    }

    /// <summary>Insertions, deletions, replacements and swaps of neighbours, ignoring case (optimal string alignment).</summary>
    public static int Distance(string left, string right)
    {
        var (beforeLast, last, current) = (new int[right.Length + 1], new int[right.Length + 1], new int[right.Length + 1]);
        for (var j = 0; j <= right.Length; j++)
        {
            last[j] = j;
        }

        for (var i = 1; i <= left.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var cost = Same(left[i - 1], right[j - 1]) ? 0 : 1;
                current[j] = Math.Min(Math.Min(last[j] + 1, current[j - 1] + 1), last[j - 1] + cost);
                if (i > 1 && j > 1 && Same(left[i - 1], right[j - 2]) && Same(left[i - 2], right[j - 1]))
                {
                    current[j] = Math.Min(current[j], beforeLast[j - 2] + 1);
                }
            }

            (beforeLast, last, current) = (last, current, beforeLast);
        }

        return last[right.Length];
    }

    private static string Joined(string name) => name.Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal);

    private static bool Same(char left, char right) => char.ToUpperInvariant(left) == char.ToUpperInvariant(right);
}
