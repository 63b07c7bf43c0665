using OrleansTrain.Tracking.Server.Protocol;

namespace OrleansTrain.Tracking.Server.Artifacts;

/// <summary>The artifacts on disk. A file is there whole or not at all; names are checked before they come here, and again here.</summary>
internal sealed class ArtifactFolder
{
    private static readonly TimeSpan Abandoned = TimeSpan.FromDays(1);

    private readonly string _root;
    private readonly string _unfinished;

    /// <exception cref="IOException">The folder cannot be made.</exception>
    public ArtifactFolder(string dataFolder)
    {
        _root = Path.GetFullPath(Path.Combine(dataFolder, "artifacts"));
        _unfinished = Path.GetFullPath(Path.Combine(dataFolder, "unfinished"));
        Directory.CreateDirectory(_root);
        Directory.CreateDirectory(_unfinished);
        DeleteAbandoned();
    }

    /// <summary>Sorted by name; empty if there is no such folder.</summary>
    public List<ArtifactEntry> List(string path)
    {
        var folder = new DirectoryInfo(Locate(path));
        return folder.Exists
            ?
            [
                .. folder.EnumerateFileSystemInfos()
                    .Select(static info => new ArtifactEntry(info.Name, info is DirectoryInfo, info is FileInfo file ? file.Length : 0))
                    .OrderBy(static entry => entry.Name, StringComparer.Ordinal),
            ]
            : [];
    }

    /// <returns>Null if there is no such file.</returns>
    /// <exception cref="UnhandledRequestException">It is a folder.</exception>
    public FileStream? Open(string path)
    {
        var file = Locate(path);
        if (Directory.Exists(file))
        {
            throw new UnhandledRequestException($"the artifact '{path}' is a folder");
        }

        return File.Exists(file)
            ? new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0, useAsync: true)
            : null;
    }

    /// <summary>Copies to the end of the stream, then puts the file in place, over an older one.</summary>
    /// <exception cref="MlflowError">A folder is in the way.</exception>
    public async Task WriteAsync(string path, Stream content, CancellationToken cancellationToken)
    {
        var target = Locate(path);
        var unfinished = Path.Combine(_unfinished, Guid.NewGuid().ToString("N"));
        try
        {
            await using (var file = new FileStream(unfinished, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, useAsync: true))
            {
                await content.CopyToAsync(file, cancellationToken);
                file.Flush(flushToDisk: true);
            }

            PutInPlace(path, unfinished, target);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    /// <summary>Deletes a file or a folder with all in it; nothing if there is none.</summary>
    public void Delete(string path)
    {
        var target = Locate(path);
        if (Directory.Exists(target))
        {
            Directory.Delete(target, recursive: true);
        }
        else if (File.Exists(target))
        {
            File.Delete(target);
        }
    }

    private static void PutInPlace(string path, string unfinished, string target)
    {
        if (Directory.Exists(target))
        {
            throw MlflowError.InvalidParameter($"The artifact '{path}' cannot be written: there is a folder of that name.");
        }

        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        }
        catch (IOException exception)
        {
            throw MlflowError.InvalidParameter($"The artifact '{path}' cannot be written: {exception.Message}");
        }

        File.Move(unfinished, target, overwrite: true);
    }

    private string Locate(string path)
    {
        var location = Path.GetFullPath(Path.Combine(_root, path));
        return location == _root || location.StartsWith(_root + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? location
            : throw MlflowError.InvalidParameter("Invalid path");
    }

    /// <summary>What a killed process left; another process on the same folder may still be writing the younger ones.</summary>
    private void DeleteAbandoned()
    {
        foreach (var file in new DirectoryInfo(_unfinished).EnumerateFiles().Where(file => DateTime.UtcNow - file.LastWriteTimeUtc > Abandoned))
        {
            file.Delete();
        }
    }
}
