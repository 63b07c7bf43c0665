namespace OrleansTrain.Tracking.Server.Database.Registry;

internal sealed record AliasRecord(string Alias, long Version);

internal sealed record RegisteredModelRecord(string Name, string? Description, long CreationTime, long LastUpdatedTime)
{
    public IReadOnlyList<KeyValue> Tags { get; init; } = [];

    public IReadOnlyList<AliasRecord> Aliases { get; init; } = [];

    /// <summary>The newest version of each stage.</summary>
    public IReadOnlyList<ModelVersionRecord> LatestVersions { get; init; } = [];
}

/// <param name="Source">What the version was made from, as the caller said it.</param>
/// <param name="StorageLocation">Where its files are.</param>
/// <param name="ModelId">The logged model it was made from, or "".</param>
internal sealed record ModelVersionRecord(
    string Name,
    long Version,
    string? Description,
    string Stage,
    string Source,
    string StorageLocation,
    string RunId,
    string RunLink,
    string ModelId,
    long CreationTime,
    long LastUpdatedTime)
{
    public IReadOnlyList<KeyValue> Tags { get; init; } = [];

    public IReadOnlyList<string> Aliases { get; init; } = [];
}
