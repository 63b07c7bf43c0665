using OrleansTrain.Grains.Abstractions.Runs;
using OrleansTrain.Grains.Abstractions.Tracking;

namespace OrleansTrain.Grains.Tracking;

/// <summary>The rules of a run's outbox: what is accepted, in which order it leaves, and what goes when it is full. Not thread-safe.</summary>
internal sealed class Outbox(OutboxState state, TimeProvider time, int capacity = Outbox.DefaultCapacity)
{
    /// <summary>Entries kept at most: a day of a point a second, and some MB of state.</summary>
    public const int DefaultCapacity = 100_000;

    // MLflow's own prefix for machine metrics; of all that is kept they are missed least.
    private const string SystemPrefix = "system/";

    /// <summary>Nothing waits.</summary>
    public bool IsEmpty => state.Pending.Count == 0;

    public OutboxStatus Describe(string? lastError) =>
        new(state.Pending.Count, state.Pending.FirstOrDefault()?.AcceptedAt, lastError, state.Lost, state.LastLoss);

    /// <summary>Accepts the points whose step is above what was accepted of their key; returns whether there were any.</summary>
    public bool AcceptMetrics(IEnumerable<MetricPoint> points)
    {
        var before = state.Pending.Count;
        foreach (var point in points)
        {
            if (!state.AcceptedSteps.TryGetValue(point.Key, out var step) || point.Step > step)
            {
                state.AcceptedSteps[point.Key] = point.Step;
                state.Pending.Add(new MetricEntry(time.GetUtcNow(), point));
            }
        }

        var accepted = state.Pending.Count > before;
        MakeRoom();
        return accepted;
    }

    /// <summary>Accepts the params that are new; returns whether there were any.</summary>
    public bool AcceptParams(IReadOnlyDictionary<string, string> parameters)
    {
        var fresh = parameters.Where(parameter => state.AcceptedParams.Add(parameter.Key)).ToList();
        state.Pending.AddRange(fresh.Select(parameter => new ParamEntry(time.GetUtcNow(), parameter.Key, parameter.Value)));
        MakeRoom();
        return fresh.Count > 0;
    }

    public void Accept(OutboxEntry entry)
    {
        state.Pending.Add(entry);
        MakeRoom();
    }

    /// <summary>The oldest entries that can go to MLflow in one request: points, params and tags together, anything else alone.</summary>
    public IReadOnlyList<OutboxEntry> NextBatch()
    {
        const int mostItems = 1000;
        var first = state.Pending.TakeWhile(IsBatchable).Take(mostItems).ToList();
        return first.Count > 0 ? first : [.. state.Pending.Take(1)];
    }

    /// <summary>The entries of <see cref="NextBatch"/> have been delivered.</summary>
    public void Delivered(IReadOnlyCollection<OutboxEntry> entries) => Remove(entries);

    /// <summary>MLflow will never take these.</summary>
    public void Refused(IReadOnlyCollection<OutboxEntry> entries, string reason)
    {
        Remove(entries);
        state.Lost += entries.Count;
        state.LastLoss = reason;
    }

    private static bool IsBatchable(OutboxEntry entry) => entry is MetricEntry or ParamEntry or TagEntry;

    private void Remove(IReadOnlyCollection<OutboxEntry> entries)
    {
        var gone = new HashSet<OutboxEntry>(entries, ReferenceEqualityComparer.Instance);
        state.Pending.RemoveAll(gone.Contains);
    }

    private void MakeRoom()
    {
        for (var excess = state.Pending.Count - capacity; excess > 0; excess--)
        {
            var victim = state.Pending.FindIndex(entry => entry is MetricEntry metric && metric.Point.Key.StartsWith(SystemPrefix, StringComparison.Ordinal));
            victim = victim >= 0 ? victim : state.Pending.FindIndex(entry => entry is MetricEntry);
            victim = Math.Max(victim, 0);
            state.LastLoss = $"the outbox is full ({capacity} entries): the oldest metrics were dropped, {Name(state.Pending[victim])} among them";
            state.Lost++;
            state.Pending.RemoveAt(victim);
        }
    }

    private static string Name(OutboxEntry entry) => entry is MetricEntry metric ? $"{metric.Point.Key} at step {metric.Point.Step}" : entry.GetType().Name;
}
