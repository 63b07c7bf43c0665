using OrleansTrain.Grains.Abstractions.Specs;

namespace OrleansTrain.Grains.Abstractions.Runs;

/// <summary>Where a run stands, as <c>status</c>, <c>watch</c> and <c>--json</c> show it.</summary>
[GenerateSerializer, Alias("OrleansTrain.RunStatus"), Immutable]
public sealed record RunStatus
{
    /// <summary>Grows with every change.</summary>
    [Id(0)] public required long Version { get; init; }

    [Id(1)] public required string RunId { get; init; }

    /// <summary>Null when no run of this ID is known.</summary>
    [Id(2)] public RunSpec? Spec { get; init; }

    [Id(3)] public required RunPhase Phase { get; init; }

    /// <summary>One line for a person: what is happening or being waited for, or why the run failed.</summary>
    [Id(4)] public string Message { get; init; } = "";

    /// <summary>1 for the first attempt.</summary>
    [Id(5)] public int Attempt { get; init; }

    /// <summary>Attempts that ended in a failure.</summary>
    [Id(6)] public int Restarts { get; init; }

    /// <summary>Epochs completed.</summary>
    [Id(7)] public int Epoch { get; init; }

    /// <summary>Steps completed, over all epochs.</summary>
    [Id(8)] public long Step { get; init; }

    [Id(9)] public long StepsPerEpoch { get; init; }

    [Id(10)] public long SamplesPerEpoch { get; init; }

    /// <summary>Mean loss of the running epoch so far, over all ranks.</summary>
    [Id(11)] public double? RunningLoss { get; init; }

    /// <summary>Samples a second over all ranks, lately.</summary>
    [Id(12)] public double SamplesPerSecond { get; init; }

    /// <summary>Metrics of each completed epoch, in order: <c>training_loss</c>, <c>learning_rate</c>, <c>samples_per_second</c> …</summary>
    [Id(13)] public IReadOnlyList<EpochSummary> Epochs { get; init; } = [];

    /// <summary>What the last evaluation gave: <c>test_loss</c>, <c>test_accuracy</c> …</summary>
    [Id(14)] public IReadOnlyDictionary<string, double> Evaluation { get; init; } = new Dictionary<string, double>();

    [Id(15)] public string? CheckpointUri { get; init; }

    [Id(16)] public string? WeightsSha256 { get; init; }

    [Id(17)] public double LoadSeconds { get; init; }

    [Id(18)] public double TrainSeconds { get; init; }

    /// <summary>Where each rank runs.</summary>
    [Id(19)] public IReadOnlyList<RankStatus> Ranks { get; init; } = [];

    /// <summary>Measurements not yet delivered to MLflow, and since when.</summary>
    [Id(20)] public OutboxStatus Outbox { get; init; } = new(0, null, null);

    [Id(21)] public string TrackingUri { get; init; } = "";

    /// <summary>Newest warnings, oldest first; bounded.</summary>
    [Id(22)] public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The exception that ended the run, with its stack; empty unless it failed.</summary>
    [Id(23)] public string Error { get; init; } = "";

    [Id(24)] public string ExperimentId { get; init; } = "";

    /// <summary>Seconds from the loss of the last failed attempt to the first step after it; null when there was none.</summary>
    [Id(25)] public double? RecoverySeconds { get; init; }
}

/// <summary>Metrics of one completed epoch (from 1).</summary>
[GenerateSerializer, Alias("OrleansTrain.EpochSummary"), Immutable]
public sealed record EpochSummary([property: Id(0)] int Epoch, [property: Id(1)] long Step, [property: Id(2)] IReadOnlyDictionary<string, double> Metrics);

/// <summary>One rank of a run.</summary>
[GenerateSerializer, Alias("OrleansTrain.RankStatus"), Immutable]
public sealed record RankStatus([property: Id(0)] int Rank, [property: Id(1)] string Silo, [property: Id(2)] string Device, [property: Id(3)] long Step);

/// <summary>What the run grain still holds for MLflow.</summary>
/// <param name="Lost">Entries that MLflow will never see: refused by it, or dropped from a full outbox; <paramref name="LastLoss"/> says why.</param>
[GenerateSerializer, Alias("OrleansTrain.OutboxStatus"), Immutable]
public sealed record OutboxStatus(
    [property: Id(0)] int Pending,
    [property: Id(1)] DateTimeOffset? OldestSince,
    [property: Id(2)] string? LastError,
    [property: Id(3)] int Lost = 0,
    [property: Id(4)] string? LastLoss = null);

/// <summary>The states of a run.</summary>
public enum RunPhase
{
    /// <summary>No run of this ID.</summary>
    Unknown,

    /// <summary>Accepted; waiting for free rank slots.</summary>
    Waiting,

    /// <summary>Trainers are being placed; models and data are being loaded.</summary>
    Starting,

    /// <summary>Steps are being taken.</summary>
    Training,

    /// <summary>An attempt has failed; the next one is being prepared.</summary>
    Recovering,

    /// <summary>The last checkpoint is being tested.</summary>
    Evaluating,

    /// <summary>Ended well.</summary>
    Finished,

    /// <summary>Ended by an error.</summary>
    Failed,

    /// <summary>Ended by a user.</summary>
    Killed,
}
