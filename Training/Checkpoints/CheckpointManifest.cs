using System.Text.Json;

namespace OrleansTrain.Training.Checkpoints;

/// <summary>
/// What makes a folder of objects a checkpoint: written last, and only when every object is there. Immutable.
/// </summary>
public sealed partial record CheckpointManifest
{
    /// <summary>The value of <see cref="Format"/>.</summary>
    public const string FormatName = "orleanstrain-checkpoint";

    /// <summary>The version written and the newest one read.</summary>
    public const int NewestVersion = 1;

    /// <summary>Always <see cref="FormatName"/>.</summary>
    public required string Format { get; init; }

    /// <summary>Version of the format.</summary>
    public required int Version { get; init; }

    /// <summary>The run.</summary>
    public required string RunId { get; init; }

    /// <summary>UTC, when it was completed.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>Steps of the run that are done.</summary>
    public required long Step { get; init; }

    /// <summary>Where to continue.</summary>
    public required TrainingCursor Cursor { get; init; }

    /// <summary>Number of ranks.</summary>
    public required int WorldSize { get; init; }

    /// <summary>Every rank's sums of the running epoch, in rank order.</summary>
    public required IReadOnlyList<RankSums> Ranks { get; init; }

    /// <summary>The model's parameters in layout order.</summary>
    public required IReadOnlyList<ParameterShape> Parameters { get; init; }

    /// <summary>See <see cref="WeightsHash"/>.</summary>
    public required string WeightsSha256 { get; init; }

    /// <summary>Name of the optimizer.</summary>
    public required string Optimizer { get; init; }

    /// <summary>
    /// The ranges its state was written in, in order: together the whole flat buffer. None when the ranks did not exchange (a benchmark's mode):
    /// such a checkpoint can be evaluated, not resumed.
    /// </summary>
    public required IReadOnlyList<OptimizerRange> OptimizerRanges { get; init; }

    /// <summary>Metrics known of the state, for example of the last completed epoch; says which checkpoint is best.</summary>
    public required IReadOnlyDictionary<string, double> Metrics { get; init; }

    /// <summary>Epochs whose metrics had been handed to tracking when this was written.</summary>
    public required int MetricsEpochs { get; init; }

    /// <summary>Every object, by name.</summary>
    public required IReadOnlyList<CheckpointObject> Objects { get; init; }

    /// <summary>The run's spec.</summary>
    public required JsonElement Spec { get; init; }

    /// <summary>SHA-256 of the manifest itself, taken with 64 zeros in this place.</summary>
    public required string ManifestSha256 { get; init; }

    /// <summary>The layout of the model's flat buffer.</summary>
    public ParameterLayout ToLayout() =>
        ParameterLayout.Create(Parameters.Select(parameter => (parameter.Name, parameter.Shape.ToArray())));
}
