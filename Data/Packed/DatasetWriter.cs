using System.Text.Json;
using OrleansTrain.Data.Pipeline;
using OrleansTrain.Data.Reading;
using OrleansTrain.Storage;

namespace OrleansTrain.Data.Packed;

/// <summary>
/// <c>data put</c>: turns a dataset of any format that can be read into packed blocks in an object store. Everything is checked before
/// anything is written, and the manifest is written last: until then nobody sees the dataset, and afterwards all of it. Thread-safe.
/// </summary>
public sealed class DatasetWriter(IObjectStores stores)
{
    /// <summary>The manifest of a packed dataset, or null when there is none.</summary>
    /// <exception cref="DatasetException">It is corrupt.</exception>
    public Task<DatasetManifest?> Find(string uri, CancellationToken cancellationToken = default) =>
        PackedReader.ReadManifest(DatasetLocation.Resolve(stores, uri), cancellationToken);

    /// <summary>Uploads the dataset at <paramref name="source"/> to <paramref name="target"/>, creating the bucket if it may.</summary>
    /// <param name="source">A folder, or a URI.</param>
    /// <param name="target"><c>s3://bucket/prefix</c> or <c>file:///folder</c>.</param>
    /// <param name="pipeline">Format and preprocessing of the source; null: recognised by its files, no preprocessing.</param>
    /// <exception cref="DatasetException">The source is corrupt, truncated or of no known format.</exception>
    /// <exception cref="ObjectStoreException">A store failed.</exception>
    public async Task<DatasetManifest> Put(
        string source, string target, DataPipeline? pipeline = null, PutOptions? options = null, IProgress<PutProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        options ??= new PutOptions();
        var from = DatasetLocation.Resolve(stores, ObjectUri.FromPathOrUri(source));
        var to = DatasetLocation.Resolve(stores, target);
        var loader = await BlockLoader.Create(from, pipeline ?? DataPipeline.Create(), ReadSettings.Default, cancellationToken);
        using var checkedSource = await CheckedSource.Read(loader, options.KeepBytes, cancellationToken);

        await stores.EnsureBucket(target, cancellationToken);
        var splits = new SortedDictionary<string, IReadOnlyList<PackedBlockEntry>>(StringComparer.Ordinal);
        foreach (var split in checkedSource.Splits)
        {
            splits[split.Name] = await Upload(checkedSource, split, to, options, progress, cancellationToken);
        }

        var manifest = new DatasetManifest
        {
            Format = DatasetManifest.PackedFormat,
            Version = DatasetManifest.CurrentVersion,
            Name = to.Uri[(to.Uri.LastIndexOf('/') + 1)..],
            Schema = checkedSource.Schema.Columns,
            Splits = splits,
            Digest = ManifestDigest.Compute(checkedSource.Schema.Columns, splits),
        };
        var json = JsonSerializer.SerializeToUtf8Bytes(manifest, PackedJson.Default.DatasetManifest);
        await to.Store.Write(to.Key(DatasetManifest.FileName), new MemoryStream(json), json.Length, cancellationToken);
        return manifest;
    }

    private static async Task<IReadOnlyList<PackedBlockEntry>> Upload(
        CheckedSource source, CheckedSplit split, DatasetLocation target, PutOptions options, IProgress<PutProgress>? progress, CancellationToken cancellationToken)
    {
        long records = 0, bytes = 0;
        await using var upload = new PackedUpload(target, split.Name, source.Schema, options, (count, length) => progress?.Report(
            new PutProgress(split.Name, Interlocked.Add(ref records, count), split.Records, Interlocked.Add(ref bytes, length))));
        for (var i = 0; i < split.Catalog.Blocks.Count; i++)
        {
            var block = await source.Block(split, i, cancellationToken);
            try
            {
                await upload.Add(block, cancellationToken);
            }
            finally
            {
                block.Release();
            }
        }

        return await upload.Finish(cancellationToken);
    }
}
