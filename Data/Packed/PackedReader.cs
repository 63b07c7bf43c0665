using System.IO.Hashing;
using OrleansTrain.Data.Blocks;
using OrleansTrain.Data.Reading;
using OrleansTrain.Data.Schema;
using OrleansTrain.Storage;

namespace OrleansTrain.Data.Packed;

/// <summary>Reads our own packed blocks: one GET a block, straight into the memory it stays in.</summary>
internal sealed class PackedReader : IDatasetReader
{
    private const int LargestManifest = 1 << 28;

    public string Format => "packed";

    public async Task<IReadOnlyList<string>> Splits(DatasetLocation location, CancellationToken cancellationToken) =>
        [.. (await Require(location, cancellationToken)).Splits.Keys.Order(StringComparer.Ordinal)];

    public async Task<DatasetCatalog> Open(DatasetLocation location, string split, CancellationToken cancellationToken)
    {
        var manifest = await Require(location, cancellationToken);
        if (!manifest.Splits.TryGetValue(split, out var entries))
        {
            throw DatasetException.MissingSplit(location.Uri, split, manifest.Splits.Keys);
        }

        var blocks = entries.Select(entry => new CatalogBlock(
            entry.Records, [new ObjectPart(location.Key(entry.Key), "", entry.Bytes, 0, entry.Bytes, entry.Checksum)]));
        return new DatasetCatalog(manifest.Name, manifest.Digest, new RecordSchema(manifest.Schema), [.. blocks]);
    }

    public async Task<BlockContent> Read(DatasetLocation location, CatalogBlock block, ReadSettings settings, CancellationToken cancellationToken)
    {
        try
        {
            return new BlockContent.Ready(await Fetch(location, block, settings.ParallelGets, cancellationToken));
        }
        catch (ObjectStoreException error) when (error.Error is ObjectStoreError.NotFound or ObjectStoreError.Changed)
        {
            throw new ObjectStoreException(WithCure(error.Message, location), error.Error, error);
        }
        catch (DatasetException error)
        {
            throw new DatasetException(WithCure(error.Message, location), error);
        }
    }

    /// <summary>The manifest of a dataset, or null when it has none.</summary>
    /// <exception cref="DatasetException">It is corrupt.</exception>
    public static async Task<DatasetManifest?> ReadManifest(DatasetLocation location, CancellationToken cancellationToken)
    {
        var key = location.Key(DatasetManifest.FileName);
        if (await location.Store.Stat(key, cancellationToken) is not { } info)
        {
            return null;
        }

        if (info.Size > LargestManifest)
        {
            throw new DatasetException($"{location.UriOf(DatasetManifest.FileName)} has {info.Size} bytes: no manifest is larger than {LargestManifest}.");
        }

        var json = new byte[info.Size];
        await location.Store.ReadRange(key, 0, json, info.ETag, cancellationToken);
        return ManifestJson.ReadManifest(json, location.UriOf(DatasetManifest.FileName));
    }

    private static async Task<DataBlock> Fetch(DatasetLocation location, CatalogBlock block, int parallel, CancellationToken cancellationToken)
    {
        var part = block.Parts[0];
        var buffer = await location.Fetch(part, parallel, cancellationToken);
        try
        {
            return Check(buffer, block, part, location.Name(part));
        }
        catch
        {
            ((IDisposable)buffer).Dispose();
            throw;
        }
    }

    private static string WithCure(string message, DatasetLocation location) =>
        $"{message} It is a block of {location.Uri}: 'orleanstrain data put SOURCE {location.Uri} --replace' writes all of them anew.";

    private static async Task<DatasetManifest> Require(DatasetLocation location, CancellationToken cancellationToken) =>
        await ReadManifest(location, cancellationToken)
            ?? throw new DatasetException($"{location.Uri} has no {DatasetManifest.FileName}: upload a dataset there with 'orleanstrain data put'.");

    private static DataBlock Check(NativeBuffer buffer, CatalogBlock expected, ObjectPart part, string name)
    {
        var header = BlockHeader.Read(buffer.GetSpan(), name);
        if (header.Records != expected.Records || header.TotalLength != part.Length)
        {
            throw new DatasetException(
                $"{name} is not the block of the manifest: expected {expected.Records} records in {part.Length} bytes, found {header.Records} in {header.TotalLength}.");
        }

        var checksum = XxHash3.HashToUInt64(buffer.GetSpan()[header.Length..]);
        return checksum == header.Checksum && $"{checksum:x16}" == part.Note
            ? new DataBlock(header.Schema, header.Records, name, buffer, header.Length)
            : throw new DatasetException($"{name} is corrupt: the checksum of its records is {checksum:x16}, expected {part.Note}.");
    }
}
