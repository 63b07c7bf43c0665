namespace OrleansTrain.Grains.Abstractions.Trainers;

/// <summary>Where a rank stands, and what it has measured that its training grain has not stored yet.</summary>
[GenerateSerializer, Alias("OrleansTrain.RankProgress"), Immutable]
public sealed record RankProgress
{
    [Id(0)] public required int Rank { get; init; }

    [Id(1)] public required RankPhase Phase { get; init; }

    /// <summary>Steps taken over all epochs.</summary>
    [Id(2)] public long Step { get; init; }

    /// <summary>The epoch in progress, from 1.</summary>
    [Id(3)] public int Epoch { get; init; }

    /// <summary>Sum of the losses of the samples of the epoch in progress.</summary>
    [Id(4)] public double LossSum { get; init; }

    /// <summary>Samples of the epoch in progress.</summary>
    [Id(5)] public long Samples { get; init; }

    /// <summary>Seconds since the rank's first step.</summary>
    [Id(6)] public double Seconds { get; init; }

    [Id(7)] public IReadOnlyList<EpochReport> Epochs { get; init; } = [];

    [Id(8)] public IReadOnlyList<CheckpointReport> Checkpoints { get; init; } = [];

    [Id(9)] public RankFailure? Failure { get; init; }

    /// <summary>What a user should know; repeated with every answer.</summary>
    [Id(10)] public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Points within epochs, when the spec asks for them.</summary>
    [Id(11)] public IReadOnlyList<StepReport> Steps { get; init; } = [];

    /// <summary>The traced steps are done: <see cref="ITrainerGrain.GetTrace"/> gives them.</summary>
    [Id(12)] public bool HasTrace { get; init; }

    /// <summary>The checkpoint that the rank's silo is writing.</summary>
    [Id(13)] public CheckpointWrite? Writing { get; init; }

    /// <summary>The rank takes no step before its silo has written a checkpoint: the last of the run, or that of a stop.</summary>
    [Id(14)] public bool WaitsForCheckpoint { get; init; }

    /// <summary>Another number with every step and with every batch of validation: what a step timeout goes by.</summary>
    [Id(15)] public long Beat { get; init; }
}

/// <summary>The states of a rank.</summary>
public enum RankPhase
{
    /// <summary>Loading model and data.</summary>
    Preparing,

    /// <summary>Prepared, waiting for the start.</summary>
    Ready,

    /// <summary>Taking steps.</summary>
    Running,

    /// <summary>All steps of the run are done and the rank's share of the last checkpoint is in the store.</summary>
    Completed,

    /// <summary>Stopped after a step, as asked, with its share of a checkpoint in the store.</summary>
    Stopped,

    /// <summary>Ended by an error.</summary>
    Failed,
}

/// <summary>Why a rank failed.</summary>
/// <param name="IsTaskError">The error is the task's or the data's own, so the same step would fail again.</param>
[GenerateSerializer, Alias("OrleansTrain.RankFailure"), Immutable]
public sealed record RankFailure(
    [property: Id(0)] long Step,
    [property: Id(1)] string Message,
    [property: Id(2)] string Type,
    [property: Id(3)] string Details,
    [property: Id(4)] bool IsTaskError)
{
    /// <summary><see cref="Type"/> of a failure by a loss that is no number: the same step would give it again.</summary>
    public const string NonFiniteLoss = "NonFiniteLoss";

    /// <summary><see cref="Type"/> of a failure that another silo or rank caused by being gone.</summary>
    public const string PeerLost = "PeerLost";
}
