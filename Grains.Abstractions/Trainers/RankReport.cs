namespace OrleansTrain.Grains.Abstractions.Trainers;

/// <summary>What a rank tells its run's training grain.</summary>
[GenerateSerializer, Alias("OrleansTrain.RankReport"), Immutable]
public abstract record RankReport([property: Id(0)] int Attempt, [property: Id(1)] int Rank);

/// <summary>An epoch's sums over this rank's samples.</summary>
/// <param name="Epoch">From 1.</param>
/// <param name="Step">Global step after the epoch.</param>
/// <param name="LossSum">Sum over samples, in double.</param>
/// <param name="Seconds">Wall time of the epoch on this rank.</param>
/// <param name="DataWaitSeconds">Time waited for data.</param>
/// <param name="ExchangeWaitSeconds">Time waited for gradients of others.</param>
[GenerateSerializer, Alias("OrleansTrain.EpochReport"), Immutable]
public sealed record EpochReport(
    int Attempt,
    int Rank,
    [property: Id(0)] int Epoch,
    [property: Id(1)] long Step,
    [property: Id(2)] double LossSum,
    [property: Id(3)] long Samples,
    [property: Id(4)] double LearningRate,
    [property: Id(5)] double Seconds,
    [property: Id(6)] double DataWaitSeconds,
    [property: Id(7)] double ExchangeWaitSeconds,
    [property: Id(8)] long TimestampMilliseconds) : RankReport(Attempt, Rank);

/// <summary>A silo's share of a checkpoint is in the store.</summary>
[GenerateSerializer, Alias("OrleansTrain.CheckpointReport"), Immutable]
public sealed record CheckpointReport(
    int Attempt,
    int Rank,
    [property: Id(0)] long Step,
    [property: Id(1)] IReadOnlyList<CheckpointObject> Objects,
    [property: Id(2)] string? WeightsSha256,
    [property: Id(3)] string? Error) : RankReport(Attempt, Rank);

/// <summary>One object of a checkpoint: its name below the checkpoint's folder, size in bytes and SHA-256 in hex.</summary>
[GenerateSerializer, Alias("OrleansTrain.CheckpointObject"), Immutable]
public sealed record CheckpointObject([property: Id(0)] string Name, [property: Id(1)] long Size, [property: Id(2)] string Sha256);

/// <summary>The rank has taken its last step (of the run, or the one it was asked to stop after).</summary>
[GenerateSerializer, Alias("OrleansTrain.CompletedReport"), Immutable]
public sealed record CompletedReport(int Attempt, int Rank, [property: Id(0)] long Step, [property: Id(1)] bool Stopped) : RankReport(Attempt, Rank);

/// <summary>The rank has failed.</summary>
/// <param name="IsTaskError">The error is the task's own or the data's: the same step would fail again.</param>
[GenerateSerializer, Alias("OrleansTrain.FailedReport"), Immutable]
public sealed record FailedReport(
    int Attempt,
    int Rank,
    [property: Id(0)] long Step,
    [property: Id(1)] string Message,
    [property: Id(2)] string Details,
    [property: Id(3)] bool IsTaskError) : RankReport(Attempt, Rank);
