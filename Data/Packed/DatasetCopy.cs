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
    private const int ParallelCopies = 16;
    private const int LargestInMemory = 1 << 20;

    private static readonly string[] Tables = [".csv", ".tsv", ".jsonl", ".ndjson", ".parquet"];

    /// <summary>Whether a folder holds a table rather than arrays or images.</summary>
    public static bool IsTable(string folder) => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Any(file => Tables.Contains(Path.GetExtension(file)));

    /// <summary>Copies the objects of a recognised format, several at once; notes and licences that lie beside them are left out.</summary>
    /// <param name="source">A folder, or a URI.</param>
    /// <param name="target"><c>s3://bucket/prefix</c> or <c>file:///folder</c>.</param>
    /// <param name="format">The source's format; null: it must be recognised.</param>
    /// <returns>Objects and bytes.</returns>
    /// <exception cref="DatasetException">There is nothing, or nothing that is recognised.</exception>
    /// <exception cref="ObjectStoreException">A store failed.</exception>
    public async Task<(int Objects, long Bytes)> Copy(string source, string target, DataFormat? format = null, CancellationToken cancellationToken = default)
    {
        var from = DatasetLocation.Resolve(stores, ObjectUri.FromPathOrUri(source));
        var to = DatasetLocation.Resolve(stores, target);
        await DatasetReaders.Find(from, format ?? DataFormat.Auto, cancellationToken);
        await stores.EnsureBucket(target, cancellationToken);
        var (objects, bytes) = (0, 0L);
        var options = new ParallelOptions { MaxDegreeOfParallelism = ParallelCopies, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(from.Store.List(from.Key(""), cancellationToken), options, async (info, token) =>
        {
            if (!IsNote(info.Key))
            {
                var length = await CopyObject(from, info.Key, to, token);
                Interlocked.Increment(ref objects);
                Interlocked.Add(ref bytes, length);
            }
        });
        return (objects, bytes);
    }

    private static async Task<long> CopyObject(DatasetLocation from, string key, DatasetLocation to, CancellationToken cancellationToken)
    {
        // Rewindable: the store may have to send it again, and a network stream cannot be rewound.
        await using var content = await from.Store.OpenRead(key, cancellationToken);
        await using Stream copy = content.Length <= LargestInMemory
            ? new MemoryStream((int)content.Length)
            : new FileStream(Path.GetTempFileName(), new FileStreamOptions
            {
                Mode = FileMode.Create,
                Access = FileAccess.ReadWrite,
                Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous,
            });
        await content.CopyToAsync(copy, cancellationToken);
        copy.Position = 0;
        await to.Store.Write(to.Key(from.NameBelow(key)), copy, copy.Length, cancellationToken);
        return copy.Length;
    }

    private static bool IsNote(string key) => Path.GetExtension(key) is ".md" or ".txt" or "" || Path.GetFileName(key).StartsWith('.');
}
