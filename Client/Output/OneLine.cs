namespace OrleansTrain.Client.Output;

/// <summary>Makes one line of a text that may have several.</summary>
internal static class OneLine
{
    public static string Of(string text) =>
        string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)) is var line && line.Length == 0 ? "no message" : line;
}
