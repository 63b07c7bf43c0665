namespace OrleansTrain.Tasks;

/// <summary>There is no task of this name. The message is one line with the nearest name and all there are.</summary>
public sealed class UnknownTaskException(string name, IReadOnlyCollection<string> known)
    : Exception($"task: there is no '{name}'{Hint(name, known)} Tasks: {string.Join(", ", known)}")
{
    private static string Hint(string name, IReadOnlyCollection<string> known)
    {
        var nearest = known.MinBy(candidate => Distance(name, candidate));
        return nearest is not null && Distance(name, nearest) <= Math.Max(2, name.Length / 3) ? $"; did you mean '{nearest}'?" : ".";
    }

    // Levenshtein's distance, one row at a time.
    private static int Distance(string left, string right)
    {
        var row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 0; i < left.Length; i++)
        {
            var diagonal = row[0]++;
            for (var j = 0; j < right.Length; j++)
            {
                var change = diagonal + (left[i] == right[j] ? 0 : 1);
                diagonal = row[j + 1];
                row[j + 1] = Math.Min(change, Math.Min(diagonal, row[j]) + 1);
            }
        }

        return row[^1];
    }
}
