namespace OrleansTrain.Tracking;

/// <summary>An experiment. Times are milliseconds since the Unix epoch.</summary>
public sealed record MlflowExperiment(
    string ExperimentId,
    string Name,
    string ArtifactLocation = "",
    string LifecycleStage = MlflowExperiment.Active,
    long CreationTime = 0,
    long LastUpdateTime = 0,
    IReadOnlyList<MlflowTag>? Tags = null)
{
    internal const string Active = "active";

    /// <summary>False once the experiment was deleted; MLflow refuses new runs in it until it is restored.</summary>
    public bool IsActive => LifecycleStage == Active;
}
