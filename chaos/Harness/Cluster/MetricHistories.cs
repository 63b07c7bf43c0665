using OrleansTrain.Tracking;

namespace OrleansTrain.Harness.Cluster;

/// <summary>Reads a run's metrics back as any client of MLflow would, past the proxy, and counts what is doubled or missing.</summary>
public sealed class MetricHistories
{
    // One point an epoch, from the epoch's end.
    private static readonly string[] PerEpoch = ["training_loss", "learning_rate", "samples_per_second", "data_wait_seconds", "gradient_wait_seconds", "epoch_seconds"];
    private static readonly string[] PerSteps = ["training_loss_step", "learning_rate_step"];

    private readonly Dictionary<string, List<long>> _steps = new(StringComparer.Ordinal);

    private MetricHistories()
    {
    }

    /// <summary>Status of the run in MLflow.</summary>
    public MlflowRunStatus Status { get; private set; }

    /// <summary>Reads all metrics of a run.</summary>
    public static async Task<MetricHistories> Read(RealCluster cluster, string runId)
    {
        using var mlflow = new MlflowClient(new MlflowClientOptions { TrackingUri = new Uri($"http://127.0.0.1:{cluster.Tracking.Port}") });
        var run = await mlflow.GetRunAsync(runId);
        var histories = new MetricHistories { Status = run.Info.Status };
        foreach (var key in run.Data!.Metrics!.Select(metric => metric.Key).Distinct())
        {
            var steps = histories._steps[key] = [];
            await foreach (var point in mlflow.GetMetricHistoryAsync(runId, key))
            {
                steps.Add(point.Step);
            }
        }

        return histories;
    }

    /// <summary>Steps of a metric in order.</summary>
    public IReadOnlyList<long> Steps(string key) => [.. _steps.GetValueOrDefault(key, []).Order()];

    /// <summary>(key, step) pairs that stand there more than once.</summary>
    public IReadOnlyList<string> Doubled() =>
        [.. _steps.SelectMany(metric => metric.Value.GroupBy(step => step).Where(same => same.Count() > 1).Select(same => $"{metric.Key} at {same.Key}"))];

    /// <summary>(key, step) pairs that a finished run must have and this one does not.</summary>
    /// <param name="logEverySteps">0: no points within epochs.</param>
    public IReadOnlyList<string> Missing(int epochs, long steps, int logEverySteps)
    {
        var wanted = PerEpoch.SelectMany(key => Enumerable.Range(1, epochs).Select(epoch => (key, step: (long)epoch)))
            .Concat(((string[])["test_loss", "test_accuracy"]).Select(key => (key, step: (long)epochs)));
        if (logEverySteps > 0)
        {
            wanted = wanted.Concat(PerSteps.SelectMany(key => Enumerable.Range(1, (int)(steps / logEverySteps)).Select(point => (key, step: (long)point * logEverySteps))));
        }

        return [.. wanted.Where(point => !_steps.GetValueOrDefault(point.key, []).Contains(point.step)).Select(point => $"{point.key} at {point.step}")];
    }
}
