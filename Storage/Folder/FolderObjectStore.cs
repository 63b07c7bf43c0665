using System.Buffers;
using System.Runtime.CompilerServices;
using Microsoft.Win32.SafeHandles;

namespace OrleansTrain.Storage.Folder;

/// <summary>
/// Objects as files below a folder. A write goes to a temporary file, to disk, and then into place by a rename,
/// so that neither a reader nor a power cut ever meets half an object. Symbolic links are read as what they lead to, and replaced or
/// deleted as links. Thread-safe, also between processes.
/// </summary>
public sealed class FolderObjectStore(string root) : IObjectStore
{
    // What each asynchronous write to a file is in .NET, a turn of the thread pool, costs more than writing this much.
    private const int WrittenAtOnce = 1 << 20;

    private readonly string _root = Path.GetFullPath(root);

    /// <inheritdoc/>
    public string Description => $"folder {_root}";

    /// <inheritdoc/>
    public Task<ObjectInfo?> Stat(string key, CancellationToken cancellationToken = default) => Guard("read", key, path =>
    {
        var file = new FileInfo(path);
        return Task.FromResult(file.Exists ? FolderListing.Info(key, file) : (ObjectInfo?)null);
    });

    /// <inheritdoc/>
    public async IAsyncEnumerable<ObjectInfo> List(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var folder = prefix[..(prefix.LastIndexOf('/') + 1)];
        foreach (var info in FolderListing.Walk(PathOf(folder), folder, prefix))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return info;
        }

        await Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task ReadRange(string key, long offset, Memory<byte> destination, string? expectedETag = null, CancellationToken cancellationToken = default) =>
        Guard("read", key, async path =>
        {
            using var file = File.OpenHandle(path, options: FileOptions.Asynchronous);
            var found = FolderListing.ETag(RandomAccess.GetLength(file), File.GetLastWriteTimeUtc(file));
            if (expectedETag is not null && expectedETag != found)
            {
                throw new ObjectStoreException(
                    $"{path} has changed: expected version {expectedETag}, found {found}. Do not change data while it is used.", ObjectStoreError.Changed);
            }

            await Fill(file, path, offset, destination, cancellationToken);
            return true;
        });

    /// <inheritdoc/>
    public Task<Stream> OpenRead(string key, CancellationToken cancellationToken = default) => Guard("read", key, path =>
        Task.FromResult<Stream>(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1 << 16, FileOptions.Asynchronous | FileOptions.SequentialScan)));

    /// <inheritdoc/>
    public Task<ObjectInfo> Write(string key, Stream content, long length, CancellationToken cancellationToken = default) => Guard("write", key, async path =>
    {
        var folder = Path.GetDirectoryName(path)!;
        var part = Path.Combine(folder, $"{FolderListing.PartPrefix}{Guid.NewGuid():N}");
        try
        {
            if (length <= WrittenAtOnce)
            {
                using var whole = MemoryPool<byte>.Shared.Rent(Math.Max((int)length, 1));
                await Read(content, whole.Memory[..(int)length], key, 0, length, cancellationToken);
                return await Task.Run(() => WriteAtOnce(key, path, part, whole.Memory.Span[..(int)length]), cancellationToken);
            }

            await using (var file = Create(folder, part))
            {
                await Copy(content, file, key, length, cancellationToken);
                file.Flush(flushToDisk: true);
            }

            return Place(key, path, part);
        }
        catch
        {
            // The folder may not be there yet, and then deleting would hide what went wrong.
            if (File.Exists(part))
            {
                File.Delete(part);
            }

            throw;
        }
    });

    private static ObjectInfo WriteAtOnce(string key, string path, string part, ReadOnlySpan<byte> content)
    {
        using (var file = Create(Path.GetDirectoryName(path)!, part))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }

        return Place(key, path, part);
    }

    private static ObjectInfo Place(string key, string path, string part)
    {
        // The kernel's clock ticks every few milliseconds; two versions must not share a time, which is part of the ETag.
        File.SetLastWriteTimeUtc(part, Later(path));
        var info = FolderListing.Info(key, new FileInfo(part));
        File.Move(part, path, overwrite: true);
        return info;
    }

    /// <summary>Deletes an object, and the folder it stood in when that is empty then.</summary>
    public Task Delete(string key, CancellationToken cancellationToken = default) => Guard("delete", key, path =>
    {
        var folder = Path.GetDirectoryName(path)!;
        if (Directory.Exists(folder))
        {
            File.Delete(path);
            if (folder != _root && !Directory.EnumerateFileSystemEntries(folder).Any())
            {
                DeleteEmpty(folder);
            }
        }

        return Task.FromResult(true);
    });

    private static void DeleteEmpty(string folder)
    {
        try
        {
            Directory.Delete(folder);
        }
        catch (IOException)
        {
            // Another writer has put something there in the meantime: it is not empty any more, as wanted.
        }
    }

    private static async Task Fill(SafeFileHandle file, string path, long offset, Memory<byte> destination, CancellationToken cancellationToken)
    {
        for (var done = 0; done < destination.Length;)
        {
            var read = await RandomAccess.ReadAsync(file, destination[done..], offset + done, cancellationToken);
            if (read == 0)
            {
                throw new ObjectStoreException(
                    $"{path} is too short: expected {offset + destination.Length} bytes, found {offset + done}.", ObjectStoreError.Changed);
            }

            done += read;
        }
    }

    private static async Task Copy(Stream content, FileStream file, string key, long length, CancellationToken cancellationToken)
    {
        using var buffer = MemoryPool<byte>.Shared.Rent(WrittenAtOnce);
        for (long done = 0; done < length;)
        {
            var next = buffer.Memory[..(int)Math.Min(buffer.Memory.Length, length - done)];
            await Read(content, next, key, done, length, cancellationToken);
            await file.WriteAsync(next, cancellationToken);
            done += next.Length;
        }
    }

    private static async Task Read(Stream content, Memory<byte> destination, string key, long done, long length, CancellationToken cancellationToken)
    {
        var read = await content.ReadAtLeastAsync(destination, destination.Length, throwOnEndOfStream: false, cancellationToken);
        if (read < destination.Length)
        {
            throw new EndOfStreamException($"the content of '{key}' ends after {done + read} of {length} bytes");
        }
    }

    private static DateTime Later(string path)
    {
        var now = DateTime.UtcNow;
        var file = new FileInfo(path);
        return file.Exists && FolderLink.Find(file) is { Written: var old } && old >= now ? old.AddTicks(1) : now;
    }

    private static FileStream Create(string folder, string part)
    {
        for (var again = true; ; again = false)
        {
            try
            {
                Directory.CreateDirectory(folder);
                return new FileStream(part, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.Asynchronous);
            }
            catch (DirectoryNotFoundException) when (again)
            {
                // A Delete has just taken the empty folder away.
            }
        }
    }

    private string PathOf(string key) => Path.Combine(_root, ObjectUri.Check(key, key).Replace('/', Path.DirectorySeparatorChar));

    private async Task<T> Guard<T>(string verb, string key, Func<string, Task<T>> action)
    {
        if (key.Length == 0)
        {
            throw new ObjectStoreException($"Cannot {verb} an object without a key in {Description}.", ObjectStoreError.InvalidName);
        }

        var path = PathOf(key);
        try
        {
            return await action(path);
        }
        catch (Exception error) when (FolderErrors.IsFileError(error))
        {
            throw FolderErrors.Translate(error, verb, path);
        }
    }
}
