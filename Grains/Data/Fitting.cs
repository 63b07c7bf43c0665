using OrleansTrain.Data;
using OrleansTrain.Data.Statistics;
using OrleansTrain.Grains.Abstractions.Data;

namespace OrleansTrain.Grains.Data;

/// <summary>Turns statistics into messages and back, and into the scaling of a pipeline.</summary>
internal static class Fitting
{
    public static FittedColumn Pack(ColumnSummary summary) => new()
    {
        Name = summary.Column,
        Count = summary.Count,
        Mean = summary.Mean,
        SquaredDeviation = summary.SquaredDeviation,
        Min = summary.Min,
        Max = summary.Max,
    };

    public static ColumnSummary Unpack(FittedColumn column) => new(column.Name, column.Count, column.Mean, column.SquaredDeviation, column.Min, column.Max);

    public static FittedCategories Pack(Vocabulary vocabulary) => new(vocabulary.Column, [.. vocabulary.Categories], [.. vocabulary.Counts]);

    public static Vocabulary Unpack(FittedCategories categories) => new(categories.Column, categories.Values, categories.Counts);

    /// <summary>The pipeline with a scaling for each fitted column.</summary>
    public static DataPipeline Apply(DataPipeline pipeline, IReadOnlyList<ColumnSummary> columns)
    {
        foreach (var column in columns)
        {
            pipeline = pipeline.Normalise(column.Column, column.Mean, column.Deviation);
        }

        return pipeline;
    }
}
