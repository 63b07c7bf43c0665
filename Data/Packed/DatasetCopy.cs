using OrleansTrain.Data.Formats;
using OrleansTrain.Data.Idx;
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

    /// <summary>The first object that lies at a target already, as a URI; null when there is none.</summary>
    /// <exception cref="ObjectStoreException">A store failed.</exception>
    public async Task<string?> Find(string target, CancellationToken cancellationToken = default)
    {
        var to = DatasetLocation.Resolve(stores, target);
        try
        {
            await foreach (var info in to.Store.List(to.Key(""), cancellationToken))
            {
                return to.Name(info.Key);
            }
        }
        catch (ObjectStoreException error) when (error.Error == ObjectStoreError.NotFound)
        {
            // No such bucket yet.
        }

        return null;
    }

    /// <summary>Copies the objects of a recognised format, several at once; notes and licences that lie beside them are left out.</summary>
    /// <param name="source">A folder, or a URI.</param>
    /// <param name="target"><c>s3://bucket/prefix</c> or <c>file:///folder</c>.</param>
    /// <param name="format">The source's format; null: it must be recognised.</param>
    /// <param name="replace">
    /// Whether the target shall hold these objects alone: others but notes are deleted. Its manifest goes before anything is copied, or readers
    /// would still find the packed dataset; the rest goes when everything is there.
    /// </param>
    /// <returns>Objects and bytes.</returns>
    /// <exception cref="DatasetException">There is nothing, nothing that is recognised, or the target lies in the source or around it.</exception>
    /// <exception cref="ObjectStoreException">A store failed.</exception>
    public async Task<(int Objects, long Bytes)> Copy(
        string source, string target, DataFormat? format = null, bool replace = false, CancellationToken cancellationToken = default)
    {
        var from = DatasetLocation.Resolve(stores, ObjectUri.FromPathOrUri(source));
        var to = DatasetLocation.Resolve(stores, target);
        if (Overlap(from, to))
        {
            throw new DatasetException($"{to.Uri} and {from.Uri} lie one in the other: copy to another place.");
        }

        await DatasetReaders.Find(from, format ?? DataFormat.Auto, cancellationToken);
        var names = await Names(from, cancellationToken);
        if (names.Count == 0)
        {
            throw new DatasetException($"{from.Uri} has no objects to copy: check the folder or URI.");
        }

        await stores.EnsureBucket(target, cancellationToken);
        if (replace)
        {
            await to.Store.Delete(to.Key(DatasetManifest.FileName), cancellationToken);
        }

        var bytes = 0L;
        var options = new ParallelOptions { MaxDegreeOfParallelism = ParallelCopies, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(names, options, async (name, token) => Interlocked.Add(ref bytes, await CopyObject(from, name, to, token)));
        if (replace)
        {
            await Parallel.ForEachAsync(
                (await Names(to, cancellationToken)).Except(names), options, async (name, token) => await to.Store.Delete(to.Key(name), token));
        }

        return (names.Count, bytes);
    }

    /// <summary>Names below a location of what belongs to its dataset.</summary>
    private static async Task<HashSet<string>> Names(DatasetLocation location, CancellationToken cancellationToken)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var folder = location.Key("");
        await foreach (var info in location.Store.List(folder, cancellationToken))
        {
            if (!IsNote(info.Key[folder.Length..]))
            {
                names.Add(info.Key[folder.Length..]);
            }
        }

        return names;
    }

    // By what the stores say of themselves: a folder may be reached by its path and as a bucket of the local store.
    private static bool Overlap(DatasetLocation one, DatasetLocation other)
    {
        static string Place(DatasetLocation location) => $"{location.Store.Description.TrimEnd('/')}/{location.Key("")}".TrimEnd('/') + '/';

        return Place(one).StartsWith(Place(other), StringComparison.Ordinal) || Place(other).StartsWith(Place(one), StringComparison.Ordinal);
    }

    private static async Task<long> CopyObject(DatasetLocation from, string name, DatasetLocation to, CancellationToken cancellationToken)
    {
        // Rewindable: the store may have to send it again, and a network stream cannot be rewound.
        await using var content = await from.Store.OpenRead(from.Key(name), cancellationToken);
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
        await to.Store.Write(to.Key(name), copy, copy.Length, cancellationToken);
        return copy.Length;
    }

    // IDX files have no ending either.
    private static bool IsNote(string name) =>
        (Path.GetExtension(name) is ".md" or ".txt" or "" && IdxNames.Parse(name) is null) || Path.GetFileName(name).StartsWith('.');
}
