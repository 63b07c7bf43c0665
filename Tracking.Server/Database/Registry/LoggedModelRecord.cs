namespace OrleansTrain.Tracking.Server.Database.Registry;

/// <summary>A model that a run logged (MLflow 3): what <c>mlflow.log_model</c> makes.</summary>
internal sealed record LoggedModelRecord(
    string ModelId,
    long ExperimentId,
    string Name,
    string ModelType,
    string SourceRunId,
    string ArtifactUri,
    string Status,
    long CreationTime,
    long LastUpdatedTime)
{
    public IReadOnlyList<KeyValue> Tags { get; init; } = [];

    public IReadOnlyList<KeyValue> Params { get; init; } = [];

    public IReadOnlyList<ModelMetricRecord> Metrics { get; init; } = [];
}

internal sealed record ModelMetricRecord(MetricRecord Metric, string RunId, string? DatasetName, string? DatasetDigest);
