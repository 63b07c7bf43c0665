namespace OrleansTrain.Training;

/// <summary>
/// Weighted sums of evaluation metrics. Kept in double and combined in rank order, so that the result does not depend on placement.
/// Not thread-safe: one per rank.
/// </summary>
public sealed class MetricSums
{
    private readonly SortedDictionary<string, (double Sum, double Weight)> _sums = new(StringComparer.Ordinal);

    /// <summary>The sums so far, by metric name.</summary>
    public IReadOnlyDictionary<string, (double Sum, double Weight)> Values => _sums;

    /// <summary>Adds <paramref name="mean"/> of a metric over <paramref name="weight"/> samples.</summary>
    public void Add(string name, double mean, double weight)
    {
        _sums.TryGetValue(name, out var old);
        _sums[name] = (old.Sum + (mean * weight), old.Weight + weight);
    }

    /// <summary>Adds the sums of another rank.</summary>
    public void Add(string name, (double Sum, double Weight) other)
    {
        _sums.TryGetValue(name, out var old);
        _sums[name] = (old.Sum + other.Sum, old.Weight + other.Weight);
    }

    /// <summary>The mean of every metric.</summary>
    public IReadOnlyDictionary<string, double> Means() =>
        _sums.ToDictionary(pair => pair.Key, pair => pair.Value.Sum / pair.Value.Weight, StringComparer.Ordinal);
}
