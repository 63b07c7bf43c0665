namespace OrleansTrain.Grains.Abstractions.Specs;

/// <summary>Who started a run and from what: logged as the tags that a run of MLflow's Python client has.</summary>
[GenerateSerializer, Alias("OrleansTrain.RunSource"), Immutable]
public sealed record RunSource(
    [property: Id(0)] string User,
    [property: Id(1)] string SourceName,
    [property: Id(2)] string? GitCommit,
    [property: Id(3)] IReadOnlyDictionary<string, string> Tags);
