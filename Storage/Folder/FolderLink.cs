namespace OrleansTrain.Storage.Folder;

/// <summary>Looks behind symbolic links: their own length and time say nothing about the bytes that reading them gives.</summary>
internal static class FolderLink
{
    private const int TooManyLinks = 40;

    /// <summary>Length and time of what reading the file gives, or null when it is a link that leads nowhere.</summary>
    public static (long Length, DateTime Written)? Find(FileInfo file)
    {
        if (!file.Attributes.HasFlag(FileAttributes.ReparsePoint))
        {
            return (file.Length, file.LastWriteTimeUtc);
        }

        try
        {
            // Followed by the kernel: ResolveLinkTarget goes by names alone, and takes a wrong turn at '..' behind a folder that is a link itself.
            using var target = File.OpenHandle(file.FullName, share: FileShare.ReadWrite | FileShare.Delete);
            return (RandomAccess.GetLength(target), File.GetLastWriteTimeUtc(target));
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException or IOException { HResult: TooManyLinks })
        {
            return null;
        }
    }
}
