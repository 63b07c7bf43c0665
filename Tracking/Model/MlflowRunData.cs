namespace OrleansTrain.Tracking;

/// <summary>The newest value of each metric, the params and the tags of a run. A list that is empty may be null.</summary>
public sealed record MlflowRunData(
    IReadOnlyList<MlflowMetric>? Metrics = null,
    IReadOnlyList<MlflowParam>? Params = null,
    IReadOnlyList<MlflowTag>? Tags = null);
