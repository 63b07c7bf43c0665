using System.Text.Json;

namespace OrleansTrain.Training.Checkpoints;

/// <summary>
/// What one silo has written of a checkpoint. The parts of all silos together make the manifest. Immutable; small enough to be sent.
/// </summary>
public sealed record CheckpointPart
{
    /// <summary>Steps of the run that were done.</summary>
    public required long Step { get; init; }

    /// <summary>Where to continue.</summary>
    public required TrainingCursor Cursor { get; init; }

    /// <summary>What was written, by name.</summary>
    public required IReadOnlyList<CheckpointObject> Objects { get; init; }

    /// <summary>The silo's ranks and their sums of the running epoch.</summary>
    public required IReadOnlyList<RankSums> Ranks { get; init; }

    /// <summary>The range of the flat buffer whose optimizer state this silo has.</summary>
    public required OptimizerRange Optimizer { get; init; }

    /// <summary>The model; of the silo of rank 0 alone.</summary>
    public ModelPart? Model { get; init; }

    /// <summary>As JSON, to be sent.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, CheckpointJson.Default.CheckpointPart);

    /// <summary>What <see cref="ToJson"/> gave.</summary>
    /// <exception cref="InvalidDataException">It is something else.</exception>
    public static CheckpointPart FromJson(string json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, CheckpointJson.Default.CheckpointPart) ?? throw new JsonException("null");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"Expected a part of a checkpoint as JSON: {exception.Message}", exception);
        }
    }
}

/// <summary>One rank's sums of the epoch that a checkpoint lies in.</summary>
public sealed record RankSums(int Rank, RunningSums Sums);

/// <summary>Optimizer state of a range of the flat buffer.</summary>
/// <param name="Start">First element.</param>
/// <param name="Length">Elements.</param>
/// <param name="Steps">Steps the optimizer has taken.</param>
/// <param name="States">Names of the state arrays; empty for an optimizer that keeps none.</param>
public sealed record OptimizerRange(long Start, long Length, long Steps, IReadOnlyList<string> States);

/// <summary>The model of a checkpoint.</summary>
/// <param name="Parameters">Names and shapes in layout order; float32.</param>
/// <param name="WeightsSha256">See <see cref="WeightsHash"/>.</param>
public sealed record ModelPart(IReadOnlyList<ParameterShape> Parameters, string WeightsSha256);

/// <summary>One parameter of the model: float32.</summary>
public sealed record ParameterShape(string Name, IReadOnlyList<long> Shape);
