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
        OrderedBatchSource source, DatasetDescription description, RecordSchema schema, DataPipeline pipeline,
        FittedPreprocessing fitted)
    {
        (Source, Fitted) = (source, fitted);
        Name = description.Name;
        Digest = description.Digest[..Math.Min(LongestDigest, description.Digest.Length)];
        Records = source.Records;
        RecordBytes = schema.RecordBytes;
        Schema = TensorSpec.Write(schema, pipeline.TargetColumn);
    }

    /// <summary>The batches.</summary>
    public IBatchSource Source { get; }

    /// <summary>The dataset's name.</summary>
    public string Name { get; }

    /// <summary>Changes whenever the data does; at most 36 characters, as MLflow wants it.</summary>
    public string Digest { get; }

    /// <summary>Records in the split that take part.</summary>
    public long Records { get; }

    /// <summary>Bytes of a record as it lies in a block, decoded and preprocessed.</summary>
    public int RecordBytes { get; }

    /// <summary>The columns in MLflow's form for tensors, JSON.</summary>
    public string Schema { get; }

    /// <summary>Bad records, whose place others have taken, in the blocks that this rank has met so far; ranks of one silo meet the same ones.</summary>
    public long SkippedRecords => ((OrderedBatchSource)Source).SkippedRecords;

    /// <summary>What was learnt from the training data, to be kept with the run.</summary>
    public FittedPreprocessing Fitted { get; }

    /// <summary>Means and deviations of <see cref="Fitted"/>.</summary>
    public IReadOnlyList<ColumnSummary> Statistics => Fitted.Columns;

    /// <summary>Begins to fetch what the first epoch starts with.</summary>
    public void Fetch(int epoch, long firstStep) => ((OrderedBatchSource)Source).Fetch(epoch, firstStep);
}
