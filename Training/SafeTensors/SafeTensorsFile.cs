using OrleansTrain.Training.Native;
using static TorchSharp.torch;

namespace OrleansTrain.Training.SafeTensors;

/// <summary>
/// A safetensors file in host memory. Reading allocates the file's size and what its header needs, nothing that its contents ask for.
/// Safe for concurrent readers.
/// </summary>
public sealed class SafeTensorsFile : IDisposable
{
    private readonly HostBuffer _file;
    private readonly long _dataAt;
    private readonly Dictionary<string, SafeTensorsEntry> _entries;

    private SafeTensorsFile(HostBuffer file, long dataAt, SafeTensorsHeader header)
    {
        _file = file;
        _dataAt = dataAt;
        Entries = header.Entries;
        Metadata = header.Metadata;
        _entries = header.Entries.ToDictionary(entry => entry.Name, StringComparer.Ordinal);
    }

    /// <summary>The tensors, in order of their bytes.</summary>
    public IReadOnlyList<SafeTensorsEntry> Entries { get; }

    /// <summary>Free text by key.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Reads a whole file.</summary>
    /// <param name="length">Bytes to read.</param>
    /// <exception cref="SafeTensorsException">It is no safetensors file.</exception>
    /// <exception cref="EndOfStreamException">The stream is shorter.</exception>
    public static async Task<SafeTensorsFile> Read(Stream stream, long length, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        const int Chunk = 4 << 20;
        var file = new HostBuffer(length);
        try
        {
            for (long at = 0; at < length; at += Chunk)
            {
                await stream.ReadExactlyAsync(file.Memory(at, (int)Math.Min(Chunk, length - at)), cancellationToken);
            }

            return Open(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Looks at a file in memory; on success the buffer belongs to the result.</summary>
    internal static SafeTensorsFile Open(HostBuffer file)
    {
        var start = file.Span(0, (int)Math.Min(SafeTensorsHeader.LengthBytes, file.Length));
        var headerLength = SafeTensorsHeader.ReadLength(start, file.Length);
        var dataAt = SafeTensorsHeader.LengthBytes + headerLength;
        var header = SafeTensorsHeader.Parse(file.Span(SafeTensorsHeader.LengthBytes, headerLength), file.Length - dataAt);
        return new SafeTensorsFile(file, dataAt, header);
    }

    /// <summary>A tensor's entry, or null when there is none of that name.</summary>
    public SafeTensorsEntry? Find(string name) => _entries.GetValueOrDefault(name);

    /// <summary>A copy of one tensor, on the CPU. The caller disposes it.</summary>
    /// <exception cref="SafeTensorsException">There is none of that name, or torch has no such type.</exception>
    public Tensor ToTensor(string name)
    {
        var entry = Find(name) ?? throw new SafeTensorsException($"Expected a tensor '{name}', found none.");
        var type = SafeTensorsDtype.ToTorch(entry.Dtype)
            ?? throw new SafeTensorsException($"Tensor '{name}' is of type {entry.Dtype}, which libtorch does not have here.");
        var tensor = empty([.. entry.Shape], dtype: type).DetachFromDisposeScope();
        if (tensor.numel() > 0)
        {
            CopyTo(entry, fromByte: 0, HostPointer.Of(tensor), entry.End - entry.Begin);
        }

        return tensor;
    }

    /// <summary>Copies bytes of one tensor to an address.</summary>
    internal unsafe void CopyTo(SafeTensorsEntry entry, long fromByte, nint destination, long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(fromByte + bytes, entry.End - entry.Begin);
        Buffer.MemoryCopy((byte*)_file.Address + _dataAt + entry.Begin + fromByte, (void*)destination, bytes, bytes);
        GC.KeepAlive(_file);
    }

    /// <summary>Bytes of one tensor where they lie.</summary>
    internal ReadOnlySpan<byte> Bytes(SafeTensorsEntry entry, long fromByte, int bytes) =>
        _file.Span(_dataAt + entry.Begin + fromByte, bytes);

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
