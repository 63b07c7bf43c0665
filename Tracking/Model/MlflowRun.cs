namespace OrleansTrain.Tracking;

/// <summary>A run with what was logged to it.</summary>
public sealed record MlflowRun(MlflowRunInfo Info, MlflowRunData? Data = null)
{
    public string RunId => Info.RunId;

    /// <summary>Value of a tag, or null.</summary>
    public string? Tag(string key) => Data?.Tags?.FirstOrDefault(tag => tag.Key == key)?.Value;

    /// <summary>Value of a param, or null.</summary>
    public string? Param(string key) => Data?.Params?.FirstOrDefault(param => param.Key == key)?.Value;

    /// <summary>Newest value of a metric (highest step, then timestamp, then value), or null.</summary>
    public MlflowMetric? Metric(string key) => Data?.Metrics?.FirstOrDefault(metric => metric.Key == key);
}
