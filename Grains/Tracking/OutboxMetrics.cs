using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using OrleansTrain.Ranks;

namespace OrleansTrain.Grains.Tracking;

/// <summary>What a silo's telemetry says about outboxes: how much waits for MLflow. Thread-safe.</summary>
internal sealed class OutboxMetrics
{
    private readonly ConcurrentDictionary<string, Func<int>> _lengths = new(StringComparer.Ordinal);

    public OutboxMetrics(IMeterFactory meters) => meters.Create(TrainingTelemetry.Name).CreateObservableGauge(
        "orleanstrain.outbox.length", () => _lengths.Values.Sum(length => length()), "{entry}", "Metrics, params, tags and artifacts that wait for MLflow.");

    public void Watch(string runId, Func<int> length) => _lengths[runId] = length;

    public void Forget(string runId) => _lengths.TryRemove(runId, out _);
}
