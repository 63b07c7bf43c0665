using System.Globalization;

namespace OrleansTrain.Storage.Folder;

/// <summary>Lists files in the order of their keys, as S3 lists objects: a folder sorts as its name with '/' behind.</summary>
internal static class FolderListing
{
    /// <summary>Files being written start with this; they are no objects.</summary>
    public const string PartPrefix = ".part-";

    /// <exception cref="ObjectStoreException">It is a link that leads nowhere: leaving it out would be training on less data without a word.</exception>
    public static ObjectInfo Info(string key, FileInfo file) => FolderLink.Find(file) is var (length, written)
        ? new ObjectInfo(key, length, ETag(length, written), written)
        : throw new ObjectStoreException($"{file.FullName} is a link to {file.LinkTarget}, which is not there: restore that file, or remove the link.", ObjectStoreError.InvalidName);

    public static string ETag(long length, DateTime written) => string.Create(CultureInfo.InvariantCulture, $"{written.Ticks:x}-{length:x}");

    public static IEnumerable<ObjectInfo> Walk(string folder, string key, string prefix)
    {
        foreach (var (name, entry) in Entries(folder, key, prefix))
        {
            if (entry is DirectoryInfo)
            {
                foreach (var inner in Walk(entry.FullName, name, prefix))
                {
                    yield return inner;
                }
            }
            else if (name.StartsWith(prefix, StringComparison.Ordinal) && entry is FileInfo { Exists: true } file)
            {
                yield return Listed(name, file);
            }
        }
    }

    private static ObjectInfo Listed(string key, FileInfo file)
    {
        try
        {
            return Info(key, file);
        }
        catch (Exception error) when (FolderErrors.IsFileError(error))
        {
            throw FolderErrors.Translate(error, "list", file.FullName);
        }
    }

    private static List<(string Key, FileSystemInfo Entry)> Entries(string folder, string key, string prefix)
    {
        try
        {
            return Directory.Exists(folder)
                ? [.. new DirectoryInfo(folder).EnumerateFileSystemInfos()
                    .Where(entry => !entry.Name.StartsWith(PartPrefix, StringComparison.Ordinal))
                    .Select(entry => (Key: key + entry.Name + (entry is DirectoryInfo ? "/" : ""), Entry: entry))
                    .Where(entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal) || prefix.StartsWith(entry.Key, StringComparison.Ordinal))
                    .OrderBy(entry => entry.Key, StringComparer.Ordinal)]
                : [];
        }
        catch (Exception error) when (FolderErrors.IsFileError(error))
        {
            throw FolderErrors.Translate(error, "list", folder);
        }
    }
}
