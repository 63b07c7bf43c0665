using System.Globalization;
using OrleansTrain.Client.Runs;
using OrleansTrain.Tracking;

namespace OrleansTrain.Client.History;

/// <summary>What MLflow knows of a run that is over, or that another cluster runs.</summary>
internal static class RecordedRun
{
    private static readonly string[] Named = ["training_loss", "test_loss", "test_accuracy", "samples_per_second"];

    public static RunResult ToResult(MlflowRun run, IMlflowClient mlflow) => new()
    {
        RunId = run.RunId,
        Experiment = run.Param("experiment") ?? run.Info.ExperimentId,
        Status = StatusName(run.Info.Status),
        WorldSize = int.TryParse(run.Param("ranks"), NumberStyles.None, CultureInfo.InvariantCulture, out var ranks) ? ranks : 0,
        TrainSeconds = Duration(run.Info)?.TotalSeconds ?? 0,
        SamplesPerSecond = run.Metric("samples_per_second")?.Value,
        TrainingLoss = run.Metric("training_loss")?.Value,
        TestLoss = run.Metric("test_loss")?.Value,
        TestAccuracy = run.Metric("test_accuracy")?.Value,
        Steps = run.Metric("training_loss")?.Step ?? 0,
        TrackingUri = mlflow.TrackingUri.ToString(),
        Metrics = (run.Data?.Metrics ?? []).Where(metric => !Named.Contains(metric.Key)).ToDictionary(metric => metric.Key, metric => metric.Value),
    };

    /// <summary>Time from start to end; null while it goes on.</summary>
    public static TimeSpan? Duration(MlflowRunInfo info) =>
        info.EndTime > 0 ? TimeSpan.FromMilliseconds(info.EndTime - info.StartTime) : null;

    public static string StatusName(MlflowRunStatus status) => status.ToString().ToUpperInvariant();
}
