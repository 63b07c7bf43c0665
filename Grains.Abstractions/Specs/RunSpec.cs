namespace OrleansTrain.Grains.Abstractions.Specs;

/// <summary>
/// A whole experiment, resolved: every key has a value and all of them have been checked.
/// What is in here is logged as MLflow params and fixes the final weights.
/// </summary>
[GenerateSerializer, Alias("OrleansTrain.RunSpec"), Immutable]
public sealed record RunSpec
{
    /// <summary>Name of the training task.</summary>
    [Id(0)] public required string Task { get; init; }

    /// <summary>MLflow experiment; by default the task's name.</summary>
    [Id(1)] public required string Experiment { get; init; }

    /// <summary>MLflow run name; null lets the tracking server choose one.</summary>
    [Id(2)] public string? RunName { get; init; }

    /// <summary>World size.</summary>
    [Id(3)] public int Ranks { get; init; } = 2;

    /// <summary><c>auto</c>, <c>cpu</c> or <c>cuda</c>. Only <c>auto</c> may choose.</summary>
    [Id(4)] public string Device { get; init; } = "auto";

    /// <summary>Times the training data is seen.</summary>
    [Id(5)] public int Epochs { get; init; } = 1;

    /// <summary>Samples a rank takes in one step.</summary>
    [Id(6)] public int BatchSizePerRank { get; init; } = 32;

    /// <summary>Optimizer by torch's name, lower case.</summary>
    [Id(7)] public string Optimizer { get; init; } = "sgd";

    /// <summary>Base learning rate.</summary>
    [Id(8)] public double LearningRate { get; init; } = 0.01;

    /// <summary>Optimizer settings by torch's names: <c>momentum</c>, <c>weight_decay</c>, <c>beta1</c> …</summary>
    [Id(9)] public IReadOnlyDictionary<string, double> OptimizerSettings { get; init; } = new Dictionary<string, double>();

    /// <summary>Learning rate schedule: <c>constant</c>, <c>step</c>, <c>cosine</c>, <c>linear</c>.</summary>
    [Id(10)] public string Schedule { get; init; } = "constant";

    /// <summary>Schedule settings: <c>step_size</c>, <c>gamma</c>, <c>warmup_steps</c>, <c>min_lr</c>.</summary>
    [Id(11)] public IReadOnlyDictionary<string, double> ScheduleSettings { get; init; } = new Dictionary<string, double>();

    /// <summary>Fixes initial weights and all noise.</summary>
    [Id(12)] public long Seed { get; init; } = 1;

    /// <summary>Fixes the order of samples, as the argument <c>seed</c> of PyTorch's <c>DistributedSampler</c> does, with the same default.</summary>
    [Id(37)] public long DataSeed { get; init; }

    /// <summary>Where the data is: <c>s3://bucket/prefix</c> or <c>file:///folder</c>.</summary>
    [Id(13)] public required string Dataset { get; init; }

    /// <summary><c>global</c>, <c>window</c> or <c>none</c>.</summary>
    [Id(14)] public string Shuffle { get; init; } = "global";

    /// <summary>Leaves a last, smaller step of an epoch out.</summary>
    [Id(15)] public bool DropLast { get; init; }

    /// <summary>Steps between checkpoints; 0: at the end of each epoch only.</summary>
    [Id(16)] public long CheckpointEverySteps { get; init; }

    /// <summary>Seconds between checkpoints; 0: none by time.</summary>
    [Id(17)] public double CheckpointEverySeconds { get; init; }

    /// <summary>Newest checkpoints to keep; the best one by <see cref="CheckpointMetric"/> is kept besides.</summary>
    [Id(18)] public int KeepCheckpoints { get; init; } = 2;

    /// <summary>Metric that says which checkpoint is best: <c>min:training_loss</c>, <c>max:validation_accuracy</c>; empty: none.</summary>
    [Id(19)] public string CheckpointMetric { get; init; } = "";

    /// <summary>Restarts before the run fails; -1: no limit.</summary>
    [Id(20)] public int MaxFailures { get; init; } = 3;

    /// <summary>Seconds without progress before a rank counts as hung.</summary>
    [Id(21)] public double StepTimeoutSeconds { get; init; } = 60;

    /// <summary>Torch threads a rank computes with; part of what fixes the weights.</summary>
    [Id(22)] public int ThreadsPerRank { get; init; } = 1;

    /// <summary>How gradients travel: <c>auto</c>, <c>inproc</c>, <c>shm</c>, <c>tcp</c>, <c>orleans</c>, <c>none</c> (benchmarks).</summary>
    [Id(23)] public string Exchange { get; init; } = "auto";

    /// <summary>Epochs between validations; 0: none.</summary>
    [Id(24)] public int ValidateEvery { get; init; }

    /// <summary>Steps between metric points within an epoch; 0: one point an epoch.</summary>
    [Id(25)] public int LogEverySteps { get; init; }

    /// <summary>What a bad record does: <c>fail</c> or <c>skip</c>.</summary>
    [Id(26)] public string OnError { get; init; } = "fail";

    /// <summary>Free-form parameters of the task: <c>params.NAME</c>.</summary>
    [Id(27)] public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>();

    /// <summary>Where checkpoints go: <c>s3://bucket/prefix</c> or <c>file:///folder</c>; a folder a run is made below it.</summary>
    [Id(28)] public required string CheckpointUri { get; init; }

    /// <summary>Format of the data, <c>images</c>, <c>csv</c> …; <c>auto</c>: as the task says, or recognised by the files.</summary>
    [Id(29)] public string Format { get; init; } = "auto";

    /// <summary>Options of the format, over those of the task: <c>label</c>, <c>channels</c>, <c>types</c>, <c>splits</c> …</summary>
    [Id(30)] public IReadOnlyDictionary<string, string> FormatOptions { get; init; } = new Dictionary<string, string>();

    /// <summary>Share of the split <c>train</c> that is held out for validation; 0: the split <c>validation</c> is used.</summary>
    [Id(31)] public double ValidationShare { get; init; }

    /// <summary>Where data is decoded and preprocessed: <c>colocated</c>, on the ranks' own silos, or <c>dedicated</c>, on silos without rank slots.</summary>
    [Id(32)] public string Preprocess { get; init; } = "colocated";

    /// <summary>Steps that a trace leaves out at the start.</summary>
    [Id(33)] public int TraceWait { get; init; } = 20;

    /// <summary>Steps that a trace shows; 0: no trace.</summary>
    [Id(34)] public int TraceActive { get; init; }

    /// <summary>What gradients are on the wire between silos: <c>float32</c>, or <c>bfloat16</c>, which loses precision.</summary>
    [Id(35)] public string GradientWireDtype { get; init; } = "float32";

    /// <summary>Whether gradients are sent while backward passes still run: <c>auto</c>, <c>on</c> or <c>off</c>.</summary>
    [Id(36)] public string Overlap { get; init; } = "auto";
}
