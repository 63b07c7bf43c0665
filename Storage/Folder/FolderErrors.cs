namespace OrleansTrain.Storage.Folder;

/// <summary>Says in one line what the file system refused.</summary>
internal static class FolderErrors
{
    private const int NoSpace = 28;
    private const int ReadOnly = 30;
    private const int QuotaReached = 122;
    private const int WindowsDiskFull = unchecked((int)0x80070070);
    private const int WindowsHandleDiskFull = unchecked((int)0x80070027);

    /// <summary>True for what reading and writing files throws; anything else is a bug and passes through.</summary>
    public static bool IsFileError(Exception error) => error is IOException or UnauthorizedAccessException or NotSupportedException;

    public static ObjectStoreException Translate(Exception error, string verb, string path) => error switch
    {
        FileNotFoundException or DirectoryNotFoundException =>
            new ObjectStoreException($"Cannot {verb} {path}: there is no such file.", ObjectStoreError.NotFound, error),
        UnauthorizedAccessException =>
            new ObjectStoreException($"Cannot {verb} {path}: no right to do so; check the owner and mode of the folder.", ObjectStoreError.AccessDenied, error),
        IOException { HResult: ReadOnly } =>
            new ObjectStoreException($"Cannot {verb} {path}: the file system is read-only; choose another folder.", ObjectStoreError.AccessDenied, error),
        IOException { HResult: NoSpace or QuotaReached or WindowsDiskFull or WindowsHandleDiskFull } =>
            new ObjectStoreException($"Cannot {verb} {path}: no space left on the disk; free some or choose another folder.", ObjectStoreError.NoSpace, error),
        _ => new ObjectStoreException($"Cannot {verb} {path}: {error.Message}", ObjectStoreError.Unavailable, error),
    };
}
