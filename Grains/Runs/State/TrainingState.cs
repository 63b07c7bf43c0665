using OrleansTrain.Grains.Abstractions.Cluster;
using OrleansTrain.Grains.Abstractions.Runs;
using OrleansTrain.Grains.Abstractions.Specs;
using OrleansTrain.Grains.Abstractions.Trainers;

namespace OrleansTrain.Grains.Runs.State;

/// <summary>Everything a run's training grain must know to go on after it was lost.</summary>
[GenerateSerializer, Alias("OrleansTrain.TrainingState")]
internal sealed class TrainingState
{
    [Id(0)] public RunSpec? Spec { get; set; }

    [Id(1)] public RunPhase Phase { get; set; } = RunPhase.Unknown;

    [Id(2)] public string Message { get; set; } = "";

    [Id(3)] public string Error { get; set; } = "";

    [Id(4)] public int Attempt { get; set; }

    /// <summary>Attempts that failed since the run was started.</summary>
    [Id(5)] public int Restarts { get; set; }

    /// <summary>Attempts that failed since the run was started or resumed; what <c>max_failures</c> limits.</summary>
    [Id(6)] public int Failures { get; set; }

    /// <summary>Slots of the attempt in progress, in rank order.</summary>
    [Id(7)] public List<RankSlot> Placement { get; set; } = [];

    /// <summary>Kind of device chosen for the run; fixed by its first attempt because it fixes the numbers.</summary>
    [Id(8)] public string Device { get; set; } = "";

    [Id(9)] public List<EpochSummary> Epochs { get; set; } = [];

    [Id(10)] public string? CheckpointUri { get; set; }

    /// <summary>Step of the newest checkpoint that has been dealt with, whether or not it could be written; -1: none.</summary>
    [Id(11)] public long CheckpointStep { get; set; } = -1;

    /// <summary>Step of the newest complete checkpoint, the one <see cref="CheckpointUri"/> names; -1: none.</summary>
    [Id(27)] public long GoodCheckpointStep { get; set; } = -1;

    [Id(12)] public string? WeightsSha256 { get; set; }

    [Id(13)] public Dictionary<string, double> Evaluation { get; set; } = [];

    [Id(14)] public long StepsPerEpoch { get; set; }

    [Id(15)] public long SamplesPerEpoch { get; set; }

    [Id(16)] public double LoadSeconds { get; set; }

    /// <summary>Seconds spent taking steps, over all attempts.</summary>
    [Id(17)] public double TrainSeconds { get; set; }

    [Id(18)] public List<string> Warnings { get; set; } = [];

    /// <summary>The task error that ended the last attempt: the same again at the same step is final.</summary>
    [Id(19)] public RankFailure? LastTaskError { get; set; }

    /// <summary>When the last attempt was lost; null once the next one has taken a step.</summary>
    [Id(20)] public DateTimeOffset? LostAt { get; set; }

    [Id(21)] public double? RecoverySeconds { get; set; }

    /// <summary>Why a user ended the run; null while nobody has.</summary>
    [Id(22)] public string? CancelReason { get; set; }

    [Id(23)] public string ExperimentId { get; set; } = "";

    /// <summary>The W3C trace parent of the command that started or resumed the run; null: nobody traces.</summary>
    [Id(29)] public string? Trace { get; set; }

    [Id(24)] public string TrackingUri { get; set; } = "";

    [Id(25)] public DateTimeOffset AcceptedAt { get; set; }

    /// <summary>Last step whose point within an epoch has been logged. Stored with the next change: the run grain lets none through twice.</summary>
    [Id(28)] public long LoggedStep { get; set; }

    /// <summary>Highest step any attempt has reached.</summary>
    [Id(26)] public long Step { get; set; }
}
