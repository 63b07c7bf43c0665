namespace OrleansTrain.Client.Specs;

/// <summary>Keys of a spec file that may hold a mapping instead of a value.</summary>
internal static class SpecGroups
{
    /// <summary>Prefix of the task's own parameters.</summary>
    public const string Parameters = "params";

    /// <summary>Prefix of the format's options; its <c>name</c> is the format itself.</summary>
    public const string Format = "format";

    /// <summary>A mapping with <c>name</c> and settings; the settings may also stand beside it.</summary>
    public static IReadOnlyList<string> Names { get; } = ["optimizer", "schedule"];

    /// <summary>Whether a mapping may follow this key.</summary>
    public static bool MayHoldMapping(string key) => key is Parameters or Format || Names.Contains(key);
}
