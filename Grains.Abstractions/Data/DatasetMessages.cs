using OrleansTrain.Grains.Abstractions.Specs;

namespace OrleansTrain.Grains.Abstractions.Data;

/// <summary>Which data, in which format.</summary>
[GenerateSerializer, Alias("OrleansTrain.DatasetRequest"), Immutable]
public sealed record DatasetRequest
{
    /// <summary>URI of the dataset.</summary>
    [Id(0)] public required string Uri { get; init; }

    /// <summary><c>train</c>, <c>test</c>, …</summary>
    [Id(1)] public required string Split { get; init; }

    /// <summary>Name of the format; <c>auto</c>: to be recognised.</summary>
    [Id(2)] public required string Format { get; init; }

    /// <summary>The format's own options.</summary>
    [Id(3)] public IReadOnlyDictionary<string, string> FormatOptions { get; init; } = new Dictionary<string, string>();
}

/// <summary>What a dataset is made of, without where its bytes are.</summary>
[GenerateSerializer, Alias("OrleansTrain.DatasetDescription"), Immutable]
public sealed record DatasetDescription
{
    /// <summary>The dataset's name.</summary>
    [Id(0)] public required string Name { get; init; }

    /// <summary>Changes whenever the data does.</summary>
    [Id(1)] public required string Digest { get; init; }

    /// <summary>The format that was asked for or recognised.</summary>
    [Id(2)] public required string Format { get; init; }

    /// <summary>Columns as JSON (<c>name</c>, <c>type</c>, <c>shape</c>); null when only reading a block can tell.</summary>
    [Id(3)] public string? Schema { get; init; }

    /// <summary>Records of each block; -1 where only reading it can tell.</summary>
    [Id(4)] public required int[] Records { get; init; }
}

/// <summary>Where a block's bytes are.</summary>
[GenerateSerializer, Alias("OrleansTrain.BlockAddress"), Immutable]
public sealed record BlockAddress([property: Id(0)] int Records, [property: Id(1)] BlockPart[] Parts);

/// <summary>A byte range of an object at one version.</summary>
[GenerateSerializer, Alias("OrleansTrain.BlockPart"), Immutable]
public sealed record BlockPart(
    [property: Id(0)] string Key, [property: Id(1)] string ETag, [property: Id(2)] long Size, [property: Id(3)] long Offset, [property: Id(4)] long Length,
    [property: Id(5)] string Note);

/// <summary>What to compute over a split, and where its blocks can be preprocessed.</summary>
[GenerateSerializer, Alias("OrleansTrain.FitRequest"), Immutable]
public sealed record FitRequest
{
    /// <summary>The dataset.</summary>
    [Id(0)] public required DatasetRequest Dataset { get; init; }

    /// <summary>Digest of the pipeline, which the silo knows.</summary>
    [Id(1)] public required string Pipeline { get; init; }

    /// <summary>Columns to summarise.</summary>
    [Id(2)] public required string[] Columns { get; init; }

    /// <summary>The silo that does it.</summary>
    [Id(3)] public required SiloAddress Silo { get; init; }

    /// <summary>Whether bad records are skipped.</summary>
    [Id(4)] public required bool SkipBad { get; init; }

    /// <summary>Share of the records that may be bad.</summary>
    [Id(5)] public required double MostBad { get; init; }

    /// <summary>Records of each block after preprocessing, where they are known; empty while categories are looked for.</summary>
    [Id(6)] public int[] Records { get; init; } = [];

    /// <summary>Share of the records that is held out and does not count.</summary>
    [Id(7)] public double HeldOut { get; init; }

    /// <summary>How silos without ranks make the pipeline, if they are the ones that preprocess; null: <see cref="Silo"/> does.</summary>
    [Id(8)] public PipelineRecipe? Dedicated { get; init; }
}

/// <summary>How a silo that hosts no rank makes a run's pipeline for itself: from the task's own code, since code cannot travel.</summary>
/// <param name="Spec">The run's spec.</param>
/// <param name="Categories">What was found for the columns that the pipeline encodes; null while they are looked for.</param>
[GenerateSerializer, Alias("OrleansTrain.PipelineRecipe"), Immutable]
public sealed record PipelineRecipe([property: Id(0)] RunSpec Spec, [property: Id(1)] FittedCategories[]? Categories);

/// <summary>The categories of a column, in ordinal order, and how often each occurs.</summary>
[GenerateSerializer, Alias("OrleansTrain.FittedCategories"), Immutable]
public sealed record FittedCategories([property: Id(0)] string Column, [property: Id(1)] string[] Values, [property: Id(2)] long[] Counts);

/// <summary>Statistics of a column, for each index of its first dimension.</summary>
[GenerateSerializer, Alias("OrleansTrain.FittedColumn"), Immutable]
public sealed record FittedColumn
{
    /// <summary>The column's name.</summary>
    [Id(0)] public required string Name { get; init; }

    /// <summary>Values that are not missing.</summary>
    [Id(1)] public required long[] Count { get; init; }

    /// <summary>Their mean.</summary>
    [Id(2)] public required double[] Mean { get; init; }

    /// <summary>Sum of their squared deviations from the mean.</summary>
    [Id(3)] public required double[] SquaredDeviation { get; init; }

    /// <summary>The least value.</summary>
    [Id(4)] public required double[] Min { get; init; }

    /// <summary>The greatest value.</summary>
    [Id(5)] public required double[] Max { get; init; }
}
