using OrleansTrain.Training;

namespace OrleansTrain.Ranks;

/// <summary>One rank's sums over an epoch; those of all ranks, added in rank order, give the epoch's metrics.</summary>
public sealed record EpochSums
{
    /// <summary>From 0.</summary>
    public required int Epoch { get; init; }

    /// <summary>Global step after the epoch.</summary>
    public required long Step { get; init; }

    /// <summary>Losses of the steps and times, over the whole epoch, also when it was interrupted and resumed.</summary>
    public required RunningSums Sums { get; init; }

    /// <summary>Learning rate of the epoch's last step.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Sums of this rank's share of the validation data; null when there was no validation after this epoch.</summary>
    public MetricSums? Validation { get; init; }
}
