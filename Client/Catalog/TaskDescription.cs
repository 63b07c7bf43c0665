namespace OrleansTrain.Client.Catalog;

/// <summary>What a client needs to know of a training task.</summary>
/// <param name="Defaults">Spec keys it sets unless the user does.</param>
/// <param name="Parameters">Its own parameters with their defaults.</param>
internal sealed record TaskDescription(
    string Name,
    string Description,
    IReadOnlyDictionary<string, string> Defaults,
    IReadOnlyDictionary<string, string> Parameters);
