namespace OrleansTrain.Grains.Data;

/// <summary>How much of a silo its datasets may take.</summary>
public sealed class DatasetOptions
{
    /// <summary>
    /// Native memory for loaded blocks that nobody is reading at the moment. What is being read comes on top if it has to: two shuffle
    /// windows a run. Default: an eighth of the memory this process may use.
    /// </summary>
    public long CacheBytes { get; set; } = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 8;

    /// <summary>Blocks fetched and decoded at once. Default: two a core, since fetching waits more than it computes.</summary>
    public int ParallelLoads { get; set; } = Environment.ProcessorCount * 2;

    /// <summary>Requests to the object store at once for one block.</summary>
    public int ParallelGets { get; set; } = 16;
}
