using System.IO.MemoryMappedFiles;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace OrleansTrain.Exchange.SharedMemory;

/// <summary>
/// A file in memory that the silos of one host map. Its name cannot be guessed, only its owner may open it, and it has no name any more once all
/// have it open: then the kernel frees it with its last user, however that ends.
/// </summary>
internal sealed unsafe class SharedSegment : IDisposable
{
    /// <summary>Where segments are.</summary>
    public const string Folder = "/dev/shm";

    /// <summary>Bytes of the token that shows two silos that they see the same file.</summary>
    public const int TokenSize = 32;

    private const string Prefix = "orleanstrain-";

    /// <summary>Who uses a segment holds a lock on it, from a moment after it has made or opened the file: a younger one is left alone.</summary>
    private static readonly TimeSpan Abandoned = TimeSpan.FromSeconds(10);

    private readonly FileStream _file;
    private readonly MemoryMappedFile _mapping;
    private readonly MemoryMappedViewAccessor _view;

    private SharedSegment(FileStream file)
    {
        _file = file;
        Size = file.Length;
        _mapping = MemoryMappedFile.CreateFromFile(file, null, 0, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: true);
        _view = _mapping.CreateViewAccessor();
        byte* pointer = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref pointer);
        Pointer = pointer + _view.PointerOffset;
    }

    /// <summary>The first byte.</summary>
    public byte* Pointer { get; }

    /// <summary>Its bytes.</summary>
    public long Size { get; }

    /// <summary>The file's name.</summary>
    public string Path => _file.Name;

    /// <summary>The open file.</summary>
    public SafeFileHandle Handle => _file.SafeFileHandle;

    /// <summary>What whoever opens it must find in it.</summary>
    public ReadOnlySpan<byte> Token => new(Pointer, TokenSize);

    /// <summary>Bytes of shared memory that nobody uses.</summary>
    public static long Free => new DriveInfo(Folder).AvailableFreeSpace;

    /// <summary>Creates one of <paramref name="size"/> zero bytes, which are reserved.</summary>
    /// <exception cref="IOException">There is not that much shared memory.</exception>
    public static SharedSegment Create(long size)
    {
        // A silo of this host may have died while it connected, and its memory may be what this one needs.
        RemoveAbandoned();
        var name = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.ReadWrite | FileShare.Delete,
            PreallocationSize = size,
            BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        FileStream file;
        try
        {
            file = new FileStream($"{Folder}/{Prefix}{name}", options);
            file.SetLength(size);
        }
        catch (IOException error)
        {
            throw new IOException(
                $"The exchange needs {size / 1e6:0.#} MB of shared memory in {Folder}, which has {Free / 1e6:0.#} MB free: "
                + "enlarge it (docker: --shm-size) or choose the exchange 'tcp'.",
                error);
        }

        var segment = new SharedSegment(file);
        RandomNumberGenerator.Fill(new Span<byte>(segment.Pointer, TokenSize));
        return segment;
    }

    /// <summary>Opens another silo's, which has one of these sizes.</summary>
    /// <exception cref="IOException">It is not there, not of this size, or not the one that was meant.</exception>
    /// <exception cref="UnauthorizedAccessException">It belongs to another user.</exception>
    public static SharedSegment Open(string path, ReadOnlySpan<long> sizes, ReadOnlySpan<byte> token)
    {
        if (!path.StartsWith($"{Folder}/{Prefix}", StringComparison.Ordinal) || path.AsSpan(Folder.Length + 1).Contains('/'))
        {
            throw new IOException("The name of the shared memory is not one of ours.");
        }

        var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        var found = file.Length;
        if (!sizes.Contains(found))
        {
            file.Dispose();
            throw new IOException($"The shared memory has {found} bytes: expected {string.Join(" or ", sizes.ToArray())}.");
        }

        var segment = new SharedSegment(file);
        if (!segment.Token.SequenceEqual(token))
        {
            segment.Dispose();
            throw new IOException("The shared memory is not the one that was meant.");
        }

        return segment;
    }

    /// <summary>Takes away segments that processes of this user left when they died while connecting.</summary>
    public static void RemoveAbandoned()
    {
        if (!Directory.Exists(Folder))
        {
            return;
        }

        foreach (var path in Directory.EnumerateFiles(Folder, $"{Prefix}*"))
        {
            try
            {
                // A young one is not even looked into: that would lock out those who are just connecting.
                if (DateTime.UtcNow - File.GetLastWriteTimeUtc(path) > Abandoned)
                {
                    // Whoever uses it holds a lock on it.
                    using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
                    File.Delete(path);
                }
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // In use, gone already, or another user's: none of ours to remove.
            }
        }
    }

    /// <summary>Takes its name away.</summary>
    public void Unlink() => File.Delete(Path);

    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _mapping.Dispose();
        _file.Dispose();
    }
}
