using OrleansTrain.Grains.Abstractions.Runs;
using OrleansTrain.Grains.Abstractions.Specs;

namespace OrleansTrain.Client.Tests.Fakes;

/// <summary>The statuses of a small run.</summary>
internal static class Statuses
{
    public const string RunId = "0123456789abcdef0123456789abcdef";

    public static RunSpec Spec { get; } = new()
    {
        Task = "mnist",
        Experiment = "digits",
        Dataset = "s3://datasets/mnist",
        CheckpointUri = "s3://checkpoints",
        Epochs = 2,
        LearningRate = 0.025,
    };

    public static RunStatus Waiting { get; } = new()
    {
        Version = 1,
        RunId = RunId,
        Spec = Spec,
        Phase = RunPhase.Waiting,
        Message = "needs 2 slots, 1 is free",
        TrackingUri = "http://127.0.0.1:5000/",
    };

    public static RunStatus Training(long version, long step, params double[] losses) => Waiting with
    {
        Version = version,
        Phase = RunPhase.Training,
        Message = "",
        Attempt = 1,
        Epoch = losses.Length,
        Step = step,
        StepsPerEpoch = 100,
        SamplesPerEpoch = 6400,
        RunningLoss = 0.5,
        SamplesPerSecond = 640,
        Epochs = [.. losses.Select((loss, index) => Epoch(index + 1, loss))],
    };

    public static RunStatus Ended(RunPhase phase, string message = "") => Training(99, 200, 0.75, 0.25) with
    {
        Phase = phase,
        Message = message,
        Evaluation = new Dictionary<string, double> { ["test_loss"] = 0.125, ["test_accuracy"] = 0.9375, ["test_top5"] = 1 },
        CheckpointUri = "s3://checkpoints/run/200",
        WeightsSha256 = new string('a', 64),
        LoadSeconds = 0.5,
        TrainSeconds = 20,
        Restarts = 1,
    };

    private static EpochSummary Epoch(int epoch, double loss) =>
        new(epoch, epoch * 100, new Dictionary<string, double> { ["training_loss"] = loss, ["learning_rate"] = 0.025, ["samples_per_second"] = 650 });
}
