namespace OrleansTrain.Ranks;

/// <summary>
/// The task's own code failed in a step: model, loss or backward pass. The same step would fail again, wherever it runs.
/// </summary>
/// <param name="step">Global step, from 0.</param>
/// <param name="rank">The rank.</param>
/// <param name="origin">Where the batch came from.</param>
public class TrainingStepException(string message, long step, int rank, string origin, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Global step, from 0.</summary>
    public long Step { get; } = step;

    /// <summary>The rank.</summary>
    public int Rank { get; } = rank;

    /// <summary>Where the batch came from; empty when the source does not say.</summary>
    public string Origin { get; } = origin;
}

/// <summary>The loss became NaN or infinite. No rank's parameters were changed by that step.</summary>
public sealed class NonFiniteLossException(double loss, long step, int rank, string origin)
    : TrainingStepException(
        $"The loss became {loss} at step {step} on rank {rank}{(origin.Length > 0 ? $" (batch: {origin})" : "")}: "
        + "a smaller learning rate or other input scaling may help.",
        step,
        rank,
        origin)
{
    /// <summary>NaN or an infinity.</summary>
    public double Loss { get; } = loss;
}
