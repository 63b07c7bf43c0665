using System.Text;
using OrleansTrain.Client.Output;
using OrleansTrain.Grains.Abstractions.Runs;

namespace OrleansTrain.Client.Runs;

/// <summary>A run's status in plain text.</summary>
internal static class RunLines
{
    // The metrics of an epoch that a person wants to see pass by, in this order; the others are in the tracking server.
    private static readonly string[] Shown =
        ["training_loss", "validation_loss", "validation_accuracy", "test_loss", "test_accuracy", "learning_rate"];

    public static string Start(RunStatus status) => status.Spec is { } spec
        ? $"run {status.RunId} of experiment {spec.Experiment}: task {spec.Task}, {Count(spec.Ranks, "rank")}, {Count(spec.Epochs, "epoch")}, "
            + $"batch {spec.BatchSizePerRank} a rank, {spec.Optimizer} at {Numbers.Metric(spec.LearningRate)}, seed {spec.Seed}; tracked at {status.TrackingUri}"
        : $"run {status.RunId}";

    public static string Epoch(RunStatus status, EpochSummary epoch)
    {
        var line = new StringBuilder($"epoch {epoch.Epoch}/{status.Spec?.Epochs} done");
        foreach (var name in Shown)
        {
            if (epoch.Metrics.TryGetValue(name, out var value))
            {
                line.Append("  ").Append(name).Append(' ').Append(Numbers.Metric(value));
            }
        }

        if (epoch.Metrics.TryGetValue("samples_per_second", out var rate))
        {
            line.Append("  ").Append(Numbers.Rate(rate));
        }

        return line.ToString();
    }

    public static string Phase(RunStatus status)
    {
        var phase = status.Phase.ToString().ToLowerInvariant();
        var attempt = status.Attempt > 1 ? $" (attempt {status.Attempt})" : "";
        if (status.Message.Length == 0)
        {
            return phase + attempt;
        }

        // "waiting for 2 rank slots" says by itself what the run does.
        var message = OneLine.Of(status.Message);
        return message.StartsWith($"{phase} ", StringComparison.Ordinal) ? message + attempt : $"{phase}{attempt}: {message}";
    }

    /// <summary>Where the running epoch stands: <c>epoch 1/3  step 120/938  loss 0.4123  3,912 samples/s  0:34 left</c>.</summary>
    public static string Step(RunStatus status)
    {
        var progress = RunProgress.Of(status);
        var line = new StringBuilder($"epoch {progress.Epoch}/{progress.Epochs}  step {progress.Step}/{status.StepsPerEpoch}");
        if (status.RunningLoss is { } loss)
        {
            line.Append("  loss ").Append(Numbers.Metric(loss));
        }

        if (status.SamplesPerSecond > 0)
        {
            line.Append("  ").Append(Numbers.Rate(status.SamplesPerSecond));
        }

        return progress.Left is { } left ? line.Append($"  {Numbers.Duration(left)} left").ToString() : line.ToString();
    }

    private static string Count(int number, string noun) => number == 1 ? $"1 {noun}" : $"{number} {noun}s";
}
