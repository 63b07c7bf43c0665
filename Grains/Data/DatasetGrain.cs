using System.Text.Json;
using Microsoft.Extensions.Logging;
using Orleans.Placement;
using OrleansTrain.Data;
using OrleansTrain.Data.Formats;
using OrleansTrain.Data.Packed;
using OrleansTrain.Data.Reading;
using OrleansTrain.Grains.Abstractions.Data;
using OrleansTrain.Storage;

namespace OrleansTrain.Grains.Data;

/// <inheritdoc cref="IDatasetGrain"/>
[PreferLocalPlacement, Immovable, CollectionAgeLimit(Hours = 6)]
internal sealed partial class DatasetGrain(IObjectStores stores, ILogger<DatasetGrain> logger) : Grain, IDatasetGrain
{
    private DatasetCatalog? _catalog;
    private DatasetDescription? _description;

    public async Task<DatasetDescription> Open(DatasetRequest request)
    {
        if (_description is null)
        {
            var location = DatasetLocation.Resolve(stores, request.Uri);
            var reader = await DatasetReaders.Find(location, DataFormat.Named(request.Format, request.FormatOptions), CancellationToken.None);
            _catalog = await reader.Open(location, request.Split, CancellationToken.None);
            _description = new DatasetDescription
            {
                Name = _catalog.Name,
                Digest = _catalog.Digest,
                Format = reader.Format,
                Schema = _catalog.Schema is { } schema ? JsonSerializer.Serialize([.. schema.Columns], PackedJson.Default.ColumnArray) : null,
                Records = [.. _catalog.Blocks.Select(block => block.Records)],
            };
            LogOpened(request.Uri, request.Split, reader.Format, _catalog.Blocks.Count, _description.Records.Sum(count => (long)count));
        }

        return _description;
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
}
