namespace OrleansTrain.Tracking.Server.Database;

internal sealed record KeyValue(string Key, string Value);

internal sealed record ExperimentRecord(
    long Id, string Name, string ArtifactLocation, string LifecycleStage, long CreationTime, long LastUpdateTime, IReadOnlyList<KeyValue> Tags)
{
    public bool IsActive => LifecycleStage == Database.LifecycleStage.Active;
}

internal sealed record RunInfoRecord(
    string RunId,
    long ExperimentId,
    string RunName,
    string UserId,
    string Status,
    long StartTime,
    long? EndTime,
    string ArtifactUri,
    string LifecycleStage)
{
    public bool IsActive => LifecycleStage == Database.LifecycleStage.Active;
}

/// <summary>A metric as stored: NaN is value 0 with the mark, infinities are the largest finite numbers.</summary>
internal sealed record MetricRecord(string Key, double Value, bool IsNaN, long Timestamp, long Step);

internal sealed record DatasetRecord(string Name, string Digest, string SourceType, string Source, string? Schema, string? Profile);

internal sealed record InputRecord(DatasetRecord Dataset, IReadOnlyList<KeyValue> Tags);

internal sealed record OutputRecord(string ModelId, long Step);

internal sealed record RunRecord(
    RunInfoRecord Info,
    IReadOnlyList<MetricRecord> Metrics,
    IReadOnlyList<KeyValue> Params,
    IReadOnlyList<KeyValue> Tags,
    IReadOnlyList<InputRecord> Inputs,
    IReadOnlyList<string> InputModels,
    IReadOnlyList<OutputRecord> Outputs);
