namespace OrleansTrain.Client.Specs;

/// <summary>Keys of a spec file that may hold a mapping instead of a value.</summary>
internal static class SpecGroups
{
    /// <summary>Prefix of the task's own parameters.</summary>
    public const string Parameters = "params";

    /// <summary>A mapping with <c>name</c> and settings; the settings may also stand beside it.</summary>
    public static IReadOnlyList<string> Names { get; } = ["optimizer", "schedule"];

    /// <summary>Whether a mapping may follow this key.</summary>
    public static bool MayHoldMapping(string key) => key == Parameters || Names.Contains(key);
}
