using System.Diagnostics;
using Microsoft.Extensions.Options;
using OrleansTrain.Data;
using OrleansTrain.Data.Blocks;
using OrleansTrain.Data.Formats;
using OrleansTrain.Data.Pipeline;
using OrleansTrain.Data.Reading;
using OrleansTrain.Grains.Abstractions.Data;
using OrleansTrain.Storage;

namespace OrleansTrain.Grains.Data;

/// <summary>Fetches and decodes blocks for the block grains of a silo, off their turns and not too many at once. Thread-safe.</summary>
internal sealed class BlockLoads(IObjectStores stores, PipelineRegistry pipelines, IOptions<DatasetOptions> options, DatasetMetrics metrics) : IDisposable
{
    private readonly SemaphoreSlim _slots = new(options.Value.ParallelLoads);

    /// <exception cref="DatasetException">The block is corrupt or not as large as it was listed.</exception>
    public async Task<DataBlock> Load(BlockRequest request, BlockAddress address)
    {
        await _slots.WaitAsync();
        try
        {
            var start = Stopwatch.GetTimestamp();
            var block = await Task.Run(() => LoadNow(request, address));
            metrics.Loaded(block, Stopwatch.GetElapsedTime(start));
            return block;
        }
        finally
        {
            _slots.Release();
        }
    }

    public void Dispose() => _slots.Dispose();

    private async Task<DataBlock> LoadNow(BlockRequest request, BlockAddress address)
    {
        var location = DatasetLocation.Resolve(stores, request.Dataset.Uri);
        var settings = new ReadSettings(request.SkipBad, request.MostBad, options.Value.ParallelGets);
        var format = DataFormat.Named(request.Dataset.Format, request.Dataset.FormatOptions);
        var loader = await BlockLoader.Create(location, pipelines.Find(request.Pipeline).From(format), settings, CancellationToken.None);
        var parts = address.Parts.Select(part => new ObjectPart(part.Key, part.ETag, part.Size, part.Offset, part.Length, part.Note));
        var block = await loader.Load(new CatalogBlock(address.Records, [.. parts]), CancellationToken.None);
        if (request.Records >= 0 && block.Count != request.Records)
        {
            var (origin, count) = (block.Origin, block.Count);
            block.Release();
            throw new DatasetException($"{origin} has {count} records, expected {request.Records}: it has changed since it was listed, or is corrupt.");
        }

        return block;
    }
}
