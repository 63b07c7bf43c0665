using OrleansTrain.Grains.Abstractions.Specs;

namespace OrleansTrain.Grains.Abstractions.Trainers;

/// <summary>What a trainer grain is to do.</summary>
/// <param name="Slot">Index of the rank's slot on its silo: the GPU it uses, if it uses one.</param>
/// <param name="CheckpointStep">Step of the checkpoint to start from; null: from freshly initialised parameters.</param>
[GenerateSerializer, Alias("OrleansTrain.RankAssignment"), Immutable]
public sealed record RankAssignment(
    [property: Id(0)] string RunId,
    [property: Id(1)] int Attempt,
    [property: Id(2)] int Rank,
    [property: Id(3)] int Slot,
    [property: Id(4)] RunSpec Spec,
    [property: Id(5)] long? CheckpointStep);

/// <summary>What a rank found when it was prepared.</summary>
/// <param name="Parameters">The model's trainable parameters in order; must be equal on all ranks.</param>
/// <param name="Endpoint">The tensor channel of the rank's silo.</param>
/// <param name="Preprocessing">Statistics and categories that were found in the training data, as JSON; null when the task uses none.</param>
[GenerateSerializer, Alias("OrleansTrain.PreparedRank"), Immutable]
public sealed record PreparedRank(
    [property: Id(0)] int Rank,
    [property: Id(1)] string Device,
    [property: Id(2)] IReadOnlyList<ParameterShape> Parameters,
    [property: Id(3)] EndpointInfo Endpoint,
    [property: Id(4)] long StepsPerEpoch,
    [property: Id(5)] long SamplesPerEpoch,
    [property: Id(6)] long StartStep,
    [property: Id(7)] string DatasetDigest,
    [property: Id(8)] string DatasetSchema,
    [property: Id(9)] byte[]? Preprocessing);

/// <summary>Name and shape of one parameter.</summary>
[GenerateSerializer, Alias("OrleansTrain.ParameterShape"), Immutable]
public sealed record ParameterShape([property: Id(0)] string Name, [property: Id(1)] long[] Shape);

/// <summary>How a silo's tensor channel is reached.</summary>
[GenerateSerializer, Alias("OrleansTrain.EndpointInfo"), Immutable]
public sealed record EndpointInfo([property: Id(0)] string HostId, [property: Id(1)] string Address, [property: Id(2)] int Port, [property: Id(3)] string Silo);

/// <summary>The silos of an attempt, in the order of their shards, with their consecutive ranks, and the secret they prove to each other.</summary>
[GenerateSerializer, Alias("OrleansTrain.ExchangeAssignment"), Immutable]
public sealed record ExchangeAssignment([property: Id(0)] IReadOnlyList<SiloRanks> Silos, [property: Id(1)] byte[] Secret)
{
    /// <summary>The secret is not for logs.</summary>
    public override string ToString() => $"{Silos.Count} silos";
}

/// <summary>One silo of an attempt.</summary>
[GenerateSerializer, Alias("OrleansTrain.SiloRanks"), Immutable]
public sealed record SiloRanks([property: Id(0)] EndpointInfo Endpoint, [property: Id(1)] int[] Ranks);

/// <summary>Which checkpoint to test on which split.</summary>
[GenerateSerializer, Alias("OrleansTrain.EvaluationAssignment"), Immutable]
public sealed record EvaluationAssignment([property: Id(0)] long CheckpointStep, [property: Id(1)] string Split);

/// <summary>Sums and weights of each metric over one rank's share.</summary>
/// <param name="NotTested">The dataset has no such split: what it has instead; null when it was tested.</param>
[GenerateSerializer, Alias("OrleansTrain.EvaluationReport"), Immutable]
public sealed record EvaluationReport(
    [property: Id(0)] int Rank,
    [property: Id(1)] IReadOnlyDictionary<string, MetricSum> Sums,
    [property: Id(2)] string? NotTested = null);

/// <summary>A weighted sum.</summary>
[GenerateSerializer, Alias("OrleansTrain.MetricSum"), Immutable]
public readonly record struct MetricSum([property: Id(0)] double Sum, [property: Id(1)] double Weight);
