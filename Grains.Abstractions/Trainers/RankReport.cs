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
    [property: Id(9)] long TimestampMilliseconds);

/// <summary>A rank's share of a checkpoint is in the store, or could not be written.</summary>
/// <param name="Objects">What this rank wrote.</param>
/// <param name="ManifestPart">What only this rank knows for the manifest, as JSON.</param>
/// <param name="WeightsSha256">From the rank that wrote the model; null from the others.</param>
/// <param name="Error">Why it could not be written; null when it was.</param>
[GenerateSerializer, Alias("OrleansTrain.CheckpointReport"), Immutable]
public sealed record CheckpointReport(
    [property: Id(0)] long Step,
    [property: Id(1)] int Epoch,
    [property: Id(2)] IReadOnlyList<CheckpointObject> Objects,
    [property: Id(3)] string ManifestPart,
    [property: Id(4)] string? WeightsSha256,
    [property: Id(5)] string? Error);

/// <summary>One object of a checkpoint: its name below the checkpoint's folder, size in bytes and SHA-256 in hex.</summary>
[GenerateSerializer, Alias("OrleansTrain.CheckpointObject"), Immutable]
public sealed record CheckpointObject([property: Id(0)] string Name, [property: Id(1)] long Size, [property: Id(2)] string Sha256);
