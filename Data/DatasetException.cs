namespace OrleansTrain.Data;

/// <summary>
/// Data is not what it should be: corrupt, truncated, of another shape, missing. The message names the object and, where there is one,
/// the record, says what was expected and found, and is fit to be shown to a user as it is.
/// </summary>
public sealed class DatasetException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The dataset has these splits, but not that one.</summary>
    internal static DatasetException MissingSplit(string uri, string split, IEnumerable<string> splits) =>
        new($"{uri} {Lacks(split)}; it has {string.Join(", ", splits.Select(name => $"'{name}'"))}.");

    /// <summary>Whether it says that the dataset has other splits, but not this one. Told by the message: it is all that crosses silos.</summary>
    public bool IsMissingSplit(string split) => Message.Contains(Lacks(split), StringComparison.Ordinal);

    private static string Lacks(string split) => $"has no split '{split}'";
}
