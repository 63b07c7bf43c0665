namespace OrleansTrain.Data;

/// <summary>How objects of a store become batches: the format to read, and what is done to the records.</summary>
public sealed class DataPipeline
{
}
