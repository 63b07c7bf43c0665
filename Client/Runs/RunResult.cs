using OrleansTrain.Grains.Abstractions.Runs;

namespace OrleansTrain.Client.Runs;

/// <summary>What a run came to: the object that <c>--json</c> prints. Absent values are null.</summary>
internal sealed record RunResult
{
    public required string RunId { get; init; }

    public required string Experiment { get; init; }

    /// <summary><c>FINISHED</c>, <c>FAILED</c>, <c>KILLED</c>; of a run that goes on <c>RUNNING</c> or <c>SCHEDULED</c>.</summary>
    public required string Status { get; init; }

    public int WorldSize { get; init; }

    /// <summary>Epochs completed.</summary>
    public int Epochs { get; init; }

    public long Steps { get; init; }

    public double LoadSeconds { get; init; }

    public double TrainSeconds { get; init; }

    public double? SamplesPerSecond { get; init; }

    /// <summary>Of the last completed epoch.</summary>
    public double? TrainingLoss { get; init; }

    public double? TestLoss { get; init; }

    public double? TestAccuracy { get; init; }

    public string? CheckpointUri { get; init; }

    public string? WeightsSha256 { get; init; }

    public int Restarts { get; init; }

    public required string TrackingUri { get; init; }

    /// <summary>What the evaluation gave besides.</summary>
    public IReadOnlyDictionary<string, double> Metrics { get; init; } = new Dictionary<string, double>();

    /// <summary>Why the run failed; null unless it did.</summary>
    public string? Error { get; init; }

    public static RunResult Of(RunStatus status) => new()
    {
        RunId = status.RunId,
        Experiment = status.Spec?.Experiment ?? "",
        Status = status.Phase.ToMlflowStatus(),
        WorldSize = status.Spec?.Ranks ?? 0,
        Epochs = status.Epoch,
        Steps = status.Step,
        LoadSeconds = status.LoadSeconds,
        TrainSeconds = status.TrainSeconds,
        SamplesPerSecond = status.TrainSeconds > 0 ? RunProgress.Samples(status) / status.TrainSeconds : null,
        TrainingLoss = status.Epochs is [.., var last] ? Find(last.Metrics, "training_loss") : null,
        TestLoss = Find(status.Evaluation, "test_loss"),
        TestAccuracy = Find(status.Evaluation, "test_accuracy"),
        CheckpointUri = status.CheckpointUri,
        WeightsSha256 = status.WeightsSha256,
        Restarts = status.Restarts,
        TrackingUri = status.TrackingUri,
        Metrics = status.Evaluation.Where(metric => metric.Key is not ("test_loss" or "test_accuracy")).ToDictionary(),
        Error = status.Phase == RunPhase.Failed ? status.Message : null,
    };

    private static double? Find(IReadOnlyDictionary<string, double> metrics, string name) =>
        metrics.TryGetValue(name, out var value) ? value : null;
}
