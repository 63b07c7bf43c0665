using OrleansTrain.Client.Output;
using OrleansTrain.Client.Runs;
using OrleansTrain.Data.Packed;
using OrleansTrain.Grains.Abstractions.Specs;
using OrleansTrain.Storage;

namespace OrleansTrain.Client.Datasets;

/// <summary>Puts <c>s3://datasets/NAME</c> into the store when NAME is shipped and not there yet.</summary>
internal sealed class DatasetPreparation(ShippedDatasets shipped, Func<IObjectStores> openStores) : IDatasetPreparation
{
    private const string Prefix = "s3://datasets/";
    private const string BlockExtension = ".otb";

    public async Task PrepareAsync(RunSpec spec, Action<string> report, CancellationToken cancellationToken)
    {
        if (!spec.Dataset.StartsWith(Prefix, StringComparison.Ordinal) || shipped.Find(spec.Dataset[Prefix.Length..]) is not { } folder)
        {
            return;
        }

        var stores = openStores();
        using var owned = stores as IDisposable;
        if (await HasObjectsAsync(stores, spec.Dataset, cancellationToken))
        {
            return;
        }

        report($"putting {folder} into {spec.Dataset}, this once");
        if (DatasetCopy.IsTable(folder))
        {
            var (objects, bytes) = await new DatasetCopy(stores).Copy(folder, spec.Dataset, cancellationToken: cancellationToken);
            report($"{spec.Dataset}: {objects} objects, {Numbers.Bytes(bytes)}");
            return;
        }

        var manifest = await new DatasetWriter(stores).Put(folder, spec.Dataset, cancellationToken: cancellationToken);
        report($"{spec.Dataset}: {ManifestText.Summary(manifest)}");
    }

    // Any object means that somebody put something there, in whatever format: not ours to replace.
    private static async Task<bool> HasObjectsAsync(IObjectStores stores, string uri, CancellationToken cancellationToken)
    {
        var (store, prefix) = stores.Resolve(uri);
        try
        {
            if (await store.Stat($"{prefix}/{DatasetManifest.FileName}", cancellationToken) is not null)
            {
                return true;
            }

            // Blocks without a manifest are what an interrupted upload leaves.
            await foreach (var found in store.List($"{prefix}/", cancellationToken))
            {
                if (!found.Key.EndsWith(BlockExtension, StringComparison.Ordinal))
                {
                    return true;
                }
            }

            return false;
        }
        catch (ObjectStoreException exception) when (exception.Error == ObjectStoreError.NotFound)
        {
            return false; // no such bucket yet
        }
    }
}
