namespace OrleansTrain.Training.Checkpoints;

/// <summary>Which metric says that a checkpoint is the best one, and in which direction.</summary>
/// <param name="Name">Name of the metric.</param>
/// <param name="Largest">The largest value is the best, not the smallest.</param>
public sealed record CheckpointMetric(string Name, bool Largest)
{
    /// <summary>Reads <c>min:NAME</c> or <c>max:NAME</c>; empty: none.</summary>
    /// <exception cref="ArgumentException">It is neither.</exception>
    public static CheckpointMetric? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length == 0)
        {
            return null;
        }

        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var (direction, name) = colon < 0 ? (text, "") : (text[..colon], text[(colon + 1)..]);
        return direction is "min" or "max" && name.Length > 0
            ? new CheckpointMetric(name, direction == "max")
            : throw new ArgumentException($"checkpoint_metric: expected min:NAME or max:NAME, found '{text}'.", nameof(text));
    }

    /// <summary>Whether the first value is better than the second. NaN never is.</summary>
    public bool IsBetter(double value, double than) => Largest ? value > than : value < than;
}
