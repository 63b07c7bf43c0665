using OrleansTrain.Data;
using OrleansTrain.Data.Schema;
using OrleansTrain.Data.Sources;
using OrleansTrain.Data.Statistics;
using OrleansTrain.Grains.Abstractions.Data;

namespace OrleansTrain.Grains.Data;

/// <summary>A rank's batches, and what a tracking server wants to know of the data they come from. Dispose the source after use.</summary>
public sealed class OpenedDataset
{
    private const int LongestDigest = 36;

    internal OpenedDataset(
        OrderedBatchSource source, DatasetDescription description, RecordSchema schema, IReadOnlyList<int> records, DataPipeline pipeline,
        IReadOnlyList<ColumnSummary> fitted)
    {
        (Source, Statistics) = (source, fitted);
        Name = description.Name;
        Digest = description.Digest[..Math.Min(LongestDigest, description.Digest.Length)];
        Records = records.Sum(count => (long)count);
        Schema = TensorSpec.Write(schema, pipeline.TargetColumn);
    }

    /// <summary>The batches.</summary>
    public IBatchSource Source { get; }

    /// <summary>The dataset's name.</summary>
    public string Name { get; }

    /// <summary>Changes whenever the data does; at most 36 characters, as MLflow wants it.</summary>
    public string Digest { get; }

    /// <summary>Records in the split.</summary>
    public long Records { get; }

    /// <summary>The columns in MLflow's form for tensors, JSON.</summary>
    public string Schema { get; }

    /// <summary>Bad records, whose place others have taken, in the blocks that this rank has met so far; ranks of one silo meet the same ones.</summary>
    public long SkippedRecords => ((OrderedBatchSource)Source).SkippedRecords;

    /// <summary>What <see cref="DataPipeline.Standardise"/> scales with, to be kept with the run; empty when it is not used.</summary>
    public IReadOnlyList<ColumnSummary> Statistics { get; }
}
