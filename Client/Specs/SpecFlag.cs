namespace OrleansTrain.Client.Specs;

/// <summary>A flag that sets one key of the spec.</summary>
/// <param name="Name">With the leading dashes.</param>
internal sealed record SpecFlag(string Name, string Key, string ValueName, string Description, params string[] Aliases);
