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

    /// <summary>The categories that a block has in the columns that its pipeline encodes.</summary>
    /// <exception cref="DatasetException">The block is corrupt.</exception>
    public async Task<FittedCategories[]> Categories(BlockRequest request, BlockAddress address)
    {
        await _slots.WaitAsync();
        try
        {
            return await Task.Run(async () =>
            {
                var loader = await Loader(request);
                return (await loader.Categories(Entry(address), CancellationToken.None)).Select(Fitting.Pack).ToArray();
            });
        }
        finally
        {
            _slots.Release();
        }
    }

    public void Dispose() => _slots.Dispose();

    private static CatalogBlock Entry(BlockAddress address) => new(
        address.Records, [.. address.Parts.Select(part => new ObjectPart(part.Key, part.ETag, part.Size, part.Offset, part.Length, part.Note))]);

    private Task<BlockLoader> Loader(BlockRequest request)
    {
        var location = DatasetLocation.Resolve(stores, request.Dataset.Uri);
        var settings = new ReadSettings(request.SkipBad, request.MostBad, options.Value.ParallelGets);
        var format = DataFormat.Named(request.Dataset.Format, request.Dataset.FormatOptions);
        return BlockLoader.Create(location, pipelines.Find(request.Pipeline, request.Recipe).From(format), settings, CancellationToken.None);
    }

    private async Task<DataBlock> LoadNow(BlockRequest request, BlockAddress address)
    {
        var loader = await Loader(request);
        var block = await loader.Load(Entry(address), CancellationToken.None);
        if (request.Records >= 0 && block.Count != request.Records)
        {
            var (origin, count) = (block.Origin, block.Count);
            block.Release();
            throw new DatasetException($"{origin} has {count} records, expected {request.Records}: it has changed since it was listed, or is corrupt.");
        }

        return block;
    }
}
