using OrleansTrain.Data.Schema;
using OrleansTrain.Data.Statistics;

namespace OrleansTrain.Data.Inspection;

/// <summary>What a dataset is made of. Immutable.</summary>
/// <param name="Uri">Where it lies.</param>
/// <param name="Name">The last part of the URI.</param>
/// <param name="Format">The format it is read as.</param>
/// <param name="Splits">Its splits in ordinal order.</param>
public sealed record DatasetReport(string Uri, string Name, string Format, IReadOnlyList<SplitReport> Splits);

/// <summary>What a split is made of. Immutable.</summary>
/// <param name="Name">The split's name.</param>
/// <param name="Digest">Changes whenever the data does.</param>
/// <param name="Blocks">Blocks it is read in.</param>
/// <param name="Records">Records in it.</param>
/// <param name="ReadRecords">Records that the rest of the report is about: all, or those of a sample of blocks.</param>
/// <param name="Columns">Columns with numbers.</param>
/// <param name="TextColumns">Columns with text, which must be mapped to numbers before training.</param>
/// <param name="Statistics">Mean, deviation and range of each column with numbers, in the order of <paramref name="Columns"/>.</param>
/// <param name="ClassColumn">The column that looks like a class label; null when none does.</param>
/// <param name="Classes">Records of each class, by label.</param>
public sealed record SplitReport(
    string Name, string Digest, int Blocks, long Records, long ReadRecords, IReadOnlyList<Column> Columns, IReadOnlyList<string> TextColumns,
    IReadOnlyList<ColumnSummary> Statistics, string? ClassColumn, IReadOnlyDictionary<long, long> Classes);
