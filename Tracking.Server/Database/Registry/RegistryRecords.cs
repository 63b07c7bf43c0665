namespace OrleansTrain.Tracking.Server.Database.Registry;

internal sealed record AliasRecord(string Alias, long Version);

internal sealed record RegisteredModelRecord(string Name, string? Description, long CreationTime, long LastUpdatedTime)
{
    public IReadOnlyList<KeyValue> Tags { get; init; } = [];

    public IReadOnlyList<AliasRecord> Aliases { get; init; } = [];

    /// <summary>The newest version of each stage.</summary>
    public IReadOnlyList<ModelVersionRecord> LatestVersions { get; init; } = [];
}

internal sealed record ModelVersionRecord(
    string Name,
    long Version,
    string? Description,
    string Stage,
    string Source,
    string RunId,
    string RunLink,
    string ModelId,
    long CreationTime,
    long LastUpdatedTime)
{
    public IReadOnlyList<KeyValue> Tags { get; init; } = [];

    public IReadOnlyList<string> Aliases { get; init; } = [];
}
