using OrleansTrain.Data.Sources;

namespace OrleansTrain.Data.Tests.Sources;

/// <summary>A source that is disposed where a test ends, and what its batches consist of.</summary>
internal sealed class SyncSource(int[] blocks, MemorySupply supply, BatchSourceOptions options, DataPipeline? pipeline = null) : IDisposable
{
    public OrderedBatchSource Value { get; } = new(pipeline ?? MemorySupply.Pipeline, MemorySupply.Schema, blocks, supply, options);

    /// <summary>The record numbers of the next batch; none at the end. Inputs and targets must agree on them.</summary>
    public int[] Take()
    {
        using var batch = Value.Next(default);
        if (batch is null)
        {
            return [];
        }

        var targets = batch.Targets.data<long>().Select(value => (int)value).ToArray();
        Assert.Equal(targets, batch.Inputs.data<float>().Select(value => (int)value));
        Assert.Equal(batch.Count, targets.Length);
        return targets;
    }

    public void Dispose() => Value.DisposeAsync().AsTask().Wait();
}
