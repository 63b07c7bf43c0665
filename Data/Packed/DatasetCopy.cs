using OrleansTrain.Data.Formats;
using OrleansTrain.Data.Reading;
using OrleansTrain.Storage;

namespace OrleansTrain.Data.Packed;

/// <summary>
/// <c>data put --as-is</c>: copies a dataset's objects as they are. For tables with text, which only a task's pipeline turns into numbers, so that
/// they cannot be packed beforehand. Thread-safe.
/// </summary>
public sealed class DatasetCopy(IObjectStores stores)
{
    private static readonly string[] Tables = [".csv", ".tsv", ".jsonl", ".ndjson", ".parquet"];

    /// <summary>Whether a folder holds a table rather than arrays or images.</summary>
    public static bool IsTable(string folder) => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Any(file => Tables.Contains(Path.GetExtension(file)));

    /// <summary>Copies the objects of a recognised format; notes and licences that lie beside them are left out.</summary>
    /// <param name="source">A folder, or a URI.</param>
    /// <param name="target"><c>s3://bucket/prefix</c> or <c>file:///folder</c>.</param>
    /// <returns>Objects and bytes.</returns>
    /// <exception cref="DatasetException">There is nothing, or nothing that is recognised.</exception>
    /// <exception cref="ObjectStoreException">A store failed.</exception>
    public async Task<(int Objects, long Bytes)> Copy(string source, string target, CancellationToken cancellationToken = default)
    {
        var from = DatasetLocation.Resolve(stores, ObjectUri.FromPathOrUri(source));
        var to = DatasetLocation.Resolve(stores, target);
        await DatasetReaders.Find(from, DataFormat.Auto, cancellationToken);
        await stores.EnsureBucket(target, cancellationToken);
        var (objects, bytes) = (0, 0L);
        await foreach (var info in from.Store.List(from.Key(""), cancellationToken))
        {
            if (IsNote(info.Key))
            {
                continue;
            }

            // A file of its own: the store may have to send it again, and a network stream cannot be rewound.
            await using var file = new FileStream(
                Path.GetTempFileName(), new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.ReadWrite, Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous });
            await using (var content = await from.Store.OpenRead(info.Key, cancellationToken))
            {
                await content.CopyToAsync(file, cancellationToken);
            }

            file.Position = 0;
            await to.Store.Write(to.Key(from.NameBelow(info.Key)), file, file.Length, cancellationToken);
            (objects, bytes) = (objects + 1, bytes + file.Length);
        }

        return (objects, bytes);
    }

    private static bool IsNote(string key) => Path.GetExtension(key) is ".md" or ".txt" or "" || Path.GetFileName(key).StartsWith('.');
}
