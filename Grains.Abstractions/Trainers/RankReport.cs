namespace OrleansTrain.Grains.Abstractions.Trainers;

/// <summary>An epoch's sums over one rank's samples.</summary>
/// <param name="Epoch">From 1.</param>
/// <param name="Step">Global step after the epoch.</param>
/// <param name="LossSum">Sum over samples, in double.</param>
/// <param name="Seconds">Wall time of the epoch on this rank (of the part since a restart, if there was one).</param>
/// <param name="TimedSamples">Samples of this rank in that time.</param>
/// <param name="DataWaitSeconds">Time waited for data.</param>
/// <param name="ExchangeWaitSeconds">Time in the gradient exchange.</param>
[GenerateSerializer, Alias("OrleansTrain.EpochReport"), Immutable]
public sealed record EpochReport(
    [property: Id(0)] int Epoch,
    [property: Id(1)] long Step,
    [property: Id(2)] double LossSum,
    [property: Id(3)] long Samples,
    [property: Id(4)] double LearningRate,
    [property: Id(5)] double Seconds,
    [property: Id(6)] long TimedSamples,
    [property: Id(7)] double DataWaitSeconds,
    [property: Id(8)] double ExchangeWaitSeconds,
    [property: Id(9)] long TimestampMilliseconds)
{
    /// <summary>Sums of the validation after this epoch over this rank's share; empty when there was none.</summary>
    [Id(10)] public IReadOnlyDictionary<string, MetricSum> Validation { get; init; } = new Dictionary<string, MetricSum>();

    /// <summary>Bad records, whose place others have taken, in the blocks that the rank has met so far; all ranks meet the same ones.</summary>
    [Id(11)] public long SkippedRecords { get; init; }

    /// <summary>Bytes of a decoded, preprocessed record.</summary>
    [Id(12)] public int RecordBytes { get; init; }
}

/// <summary>Sums of one rank over the steps since the report before; made every <c>log_every_steps</c> steps.</summary>
/// <param name="Step">Global step after them.</param>
/// <param name="LossSum">Sum over samples, in double.</param>
[GenerateSerializer, Alias("OrleansTrain.StepReport"), Immutable]
public readonly record struct StepReport(
    [property: Id(0)] long Step,
    [property: Id(1)] double LossSum,
    [property: Id(2)] long Samples,
    [property: Id(3)] double LearningRate,
    [property: Id(4)] long TimestampMilliseconds);

/// <summary>A silo is writing its share of a checkpoint.</summary>
/// <param name="Step">Steps of the run that were done.</param>
/// <param name="Since">For how long it has been.</param>
[GenerateSerializer, Alias("OrleansTrain.CheckpointWrite"), Immutable]
public readonly record struct CheckpointWrite([property: Id(0)] long Step, [property: Id(1)] TimeSpan Since);

/// <summary>A silo's share of a checkpoint is in the store, or could not be written. Reported by the silo's lowest rank.</summary>
/// <param name="Step">Steps of the run that were done.</param>
/// <param name="Part">What the silo wrote, as JSON; null when it could not.</param>
/// <param name="Error">Why it could not be written; null when it was.</param>
[GenerateSerializer, Alias("OrleansTrain.CheckpointReport"), Immutable]
public sealed record CheckpointReport([property: Id(0)] long Step, [property: Id(1)] string? Part, [property: Id(2)] string? Error);
