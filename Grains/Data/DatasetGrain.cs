using System.Text.Json;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Placement;
using OrleansTrain.Data;
using OrleansTrain.Data.Formats;
using OrleansTrain.Data.Order;
using OrleansTrain.Data.Packed;
using OrleansTrain.Data.Reading;
using OrleansTrain.Data.Statistics;
using OrleansTrain.Grains.Abstractions.Data;
using OrleansTrain.Grains.Data.Dedicated;
using OrleansTrain.Storage;

namespace OrleansTrain.Grains.Data;

/// <inheritdoc cref="IDatasetGrain"/>
[PreferLocalPlacement, Immovable, Reentrant, CollectionAgeLimit(Hours = 6)]
internal sealed partial class DatasetGrain(IObjectStores stores, RemoteBlocks remote, ILogger<DatasetGrain> logger) : Grain, IDatasetGrain
{
    private const int ParallelBlocks = 8;

    private readonly Dictionary<string, Task<FittedColumn[]>> _fitted = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Task<FittedCategories[]>> _categories = new(StringComparer.Ordinal);
    private DatasetCatalog? _catalog;
    private Task<DatasetDescription>? _opening;

    public async Task<DatasetDescription> Open(DatasetRequest request)
    {
        var opening = _opening ??= List(request);
        try
        {
            return await opening;
        }
        catch
        {
            // The next one who asks tries again.
            _opening = _opening == opening ? null : _opening;
            throw;
        }
    }

    public async Task<BlockAddress> GetBlock(DatasetRequest request, string digest, int block)
    {
        var description = await Open(request);
        if (description.Digest != digest)
        {
            throw new DatasetException(
                $"{request.Uri} has changed since the run opened it: expected version {digest}, found {description.Digest}. Do not change data while it is used.");
        }

        var found = _catalog!.Blocks[block];
        return new BlockAddress(
            found.Records, [.. found.Parts.Select(part => new BlockPart(part.Key, part.ETag, part.Size, part.Offset, part.Length, part.Note))]);
    }

    // Reentrant: the blocks that are summarised ask this grain where their bytes are.
    public Task<FittedColumn[]> Fit(FitRequest request) => Once(
        _fitted, $"{request.Pipeline} {request.SkipBad} {request.HeldOut} {string.Join('|', request.Columns)}", () => FitNow(request));

    public Task<FittedCategories[]> FindCategories(FitRequest request) => Once(_categories, $"{request.Pipeline} {request.SkipBad}", () => FindNow(request));

    private static async Task<T> Once<T>(Dictionary<string, Task<T>> done, string key, Func<Task<T>> work)
    {
        if (!done.TryGetValue(key, out var task))
        {
            done[key] = task = work();
        }

        try
        {
            return await task;
        }
        catch
        {
            // The next one who asks tries again.
            done.Remove(key);
            throw;
        }
    }

    private async Task<FittedColumn[]> FitNow(FitRequest request)
    {
        var first = new RecordSubset(request.Records).FirstRecord;
        return Merge(await OverBlocks(request, (supply, block) => supply.Summarise(block, request.Columns, first[block], request.HeldOut)));
    }

    private async Task<FittedCategories[]> FindNow(FitRequest request)
    {
        var blocks = await OverBlocks(request, (supply, block) => supply.FindCategories(block));
        return [.. request.Columns.Select((column, i) => Fitting.Pack(Vocabulary.Merge(column, blocks.Select(block => Fitting.Unpack(block[i])))))];
    }

    private async Task<T[]> OverBlocks<T>(FitRequest request, Func<GrainBlockSupply, int, Task<T>> work)
    {
        var description = await Open(request.Dataset);
        var supply = new GrainBlockSupply(GrainFactory, request.Silo, remote, new BlockRequest
        {
            Dataset = request.Dataset with { Format = description.Format },
            DatasetKey = this.GetPrimaryKeyString(),
            Digest = description.Digest,
            Block = -1,
            Records = -1,
            Pipeline = request.Pipeline,
            SkipBad = request.SkipBad,
            MostBad = request.MostBad,
            Dedicated = request.Dedicated is not null,
            Recipe = request.Dedicated,
        });
        var blocks = new T[description.Records.Length];
        await Parallel.ForAsync(0, blocks.Length, new ParallelOptions { MaxDegreeOfParallelism = ParallelBlocks, TaskScheduler = TaskScheduler.Current }, async (block, _) =>
            blocks[block] = await work(supply, block));
        return blocks;
    }

    private async Task<DatasetDescription> List(DatasetRequest request)
    {
        var location = DatasetLocation.Resolve(stores, request.Uri);
        var reader = await DatasetReaders.Find(location, DataFormat.Named(request.Format, request.FormatOptions), CancellationToken.None);
        _catalog = await reader.Open(location, request.Split, CancellationToken.None);
        var description = new DatasetDescription
        {
            Name = _catalog.Name,
            Digest = _catalog.Digest,
            Format = reader.Format,
            Schema = _catalog.Schema is { } schema ? JsonSerializer.Serialize([.. schema.Columns], PackedJson.Default.ColumnArray) : null,
            Records = [.. _catalog.Blocks.Select(block => block.Records)],
        };
        LogOpened(request.Uri, request.Split, reader.Format, _catalog.Blocks.Count, description.Records.Sum(count => (long)count));
        return description;
    }

    private static FittedColumn[] Merge(FittedColumn[][] blocks)
    {
        var found = blocks.Where(block => block.Length > 0).ToList();
        return found.Count == 0
            ? []
            : [.. found[0].Select((column, i) => Fitting.Pack(found.Skip(1).Aggregate(Fitting.Unpack(column), (sum, block) => sum.Merge(Fitting.Unpack(block[i])))))];
    }
}
