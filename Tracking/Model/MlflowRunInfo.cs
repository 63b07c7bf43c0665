namespace OrleansTrain.Tracking;

/// <summary>What MLflow keeps of a run besides what was logged. Times are milliseconds since the Unix epoch; 0 means not set.</summary>
public sealed record MlflowRunInfo(
    string RunId,
    string ExperimentId,
    string RunName = "",
    string UserId = "",
    MlflowRunStatus Status = MlflowRunStatus.Running,
    long StartTime = 0,
    long EndTime = 0,
    string ArtifactUri = "",
    string LifecycleStage = MlflowExperiment.Active)
{
    /// <summary>False once the run was deleted; MLflow refuses writes to it until it is restored.</summary>
    public bool IsActive => LifecycleStage == MlflowExperiment.Active;
}
