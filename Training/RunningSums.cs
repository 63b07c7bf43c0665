namespace OrleansTrain.Training;

/// <summary>
/// One rank's sums over the steps of an epoch so far. Part of a checkpoint, so that the metrics of an interrupted epoch are exact.
/// </summary>
/// <param name="LossSum">Sum of the losses of all samples, in double.</param>
/// <param name="Samples">Samples trained on.</param>
/// <param name="Seconds">Wall time of the steps.</param>
/// <param name="DataWaitSeconds">Of that, waited for batches.</param>
/// <param name="ExchangeSeconds">Of that, spent in the exchange: waiting for other ranks and updating the parameters.</param>
public readonly record struct RunningSums(double LossSum, long Samples, double Seconds, double DataWaitSeconds, double ExchangeSeconds)
{
    /// <summary>Adds a step, or the sums of another part of the epoch.</summary>
    public static RunningSums operator +(RunningSums left, RunningSums right) => new(
        left.LossSum + right.LossSum,
        left.Samples + right.Samples,
        left.Seconds + right.Seconds,
        left.DataWaitSeconds + right.DataWaitSeconds,
        left.ExchangeSeconds + right.ExchangeSeconds);

    /// <summary>The same as the operator.</summary>
    public static RunningSums Add(RunningSums left, RunningSums right) => left + right;
}
