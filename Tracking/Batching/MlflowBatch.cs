namespace OrleansTrain.Tracking;

/// <summary>Metrics, params and tags to log together. Their order is kept.</summary>
public sealed record MlflowBatch
{
    public IReadOnlyList<MlflowMetric> Metrics { get; init; } = [];

    /// <summary>A param longer than 6000 characters is cut visibly, with a warning: MLflow would cut it silently.</summary>
    public IReadOnlyList<MlflowParam> Params { get; init; } = [];

    public IReadOnlyList<MlflowTag> Tags { get; init; } = [];

    public bool IsEmpty => Metrics.Count + Params.Count + Tags.Count == 0;
}
