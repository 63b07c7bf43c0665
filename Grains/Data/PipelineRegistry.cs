using System.Collections.Concurrent;
using OrleansTrain.Data;

namespace OrleansTrain.Grains.Data;

/// <summary>
/// The pipelines in use on this silo, by what they do to blocks. A pipeline holds code and cannot travel: the rank that opens a dataset
/// leaves it here for the block grains of its silo. Thread-safe.
/// </summary>
internal sealed class PipelineRegistry
{
    private readonly ConcurrentDictionary<string, DataPipeline> _pipelines = new(StringComparer.Ordinal);

    public string Register(DataPipeline pipeline)
    {
        var digest = pipeline.LoadDigest;
        _pipelines.TryAdd(digest, pipeline);
        return digest;
    }

    public DataPipeline Find(string digest) => _pipelines.TryGetValue(digest, out var pipeline)
        ? pipeline
        : throw new InvalidOperationException($"No pipeline {digest} has been opened on this silo.");
}
