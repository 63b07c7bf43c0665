using System.Security.Cryptography;
using OrleansTrain.Training.Native;
using static TorchSharp.torch;

namespace OrleansTrain.Training.SafeTensors;

/// <summary>
/// A safetensors file about to be written: the header, and the tensors' bytes where they lie in host memory, which is not copied.
/// That memory must stay unchanged and allocated while the content is in use.
/// </summary>
internal sealed class SafeTensorsContent
{
    private readonly byte[] _header;
    private readonly (nint Address, long Length)[] _parts;

    private SafeTensorsContent(byte[] header, (nint Address, long Length)[] parts)
    {
        _header = header;
        _parts = parts;
        Length = header.Length + parts.Sum(part => part.Length);
    }

    /// <summary>Bytes of the file.</summary>
    public long Length { get; }

    /// <summary>Lays tensors out as the format's own library does: larger elements first, then by name, so that all are aligned.</summary>
    public static SafeTensorsContent Create(IEnumerable<SafeTensorsPart> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var ordered = tensors
            .OrderByDescending(tensor => SafeTensorsDtype.Size(tensor.Dtype))
            .ThenBy(tensor => tensor.Name, StringComparer.Ordinal)
            .ToArray();
        var entries = new List<SafeTensorsEntry>(ordered.Length);
        long at = 0;
        foreach (var tensor in ordered)
        {
            entries.Add(new SafeTensorsEntry(tensor.Name, tensor.Dtype, tensor.Shape, at, at + tensor.Bytes));
            at += tensor.Bytes;
        }

        var header = new SafeTensorsHeader(entries, metadata ?? new Dictionary<string, string>()).Write();
        return new SafeTensorsContent(header, [.. ordered.Select(tensor => (tensor.Address, tensor.Bytes))]);
    }

    /// <summary>The file as a stream that can be read and sought any number of times.</summary>
    public Stream OpenRead() => new PartsStream(_header, _parts, Length);

    /// <summary>SHA-256 of the file in lower-case hex.</summary>
    public unsafe string ComputeSha256()
    {
        const int Most = 1 << 30;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(_header);
        foreach (var (address, length) in _parts)
        {
            for (long done = 0; done < length; done += Most)
            {
                hash.AppendData(new ReadOnlySpan<byte>((void*)(address + (nint)done), (int)Math.Min(Most, length - done)));
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}

/// <summary>One tensor to be written: contiguous, little-endian, at an address that stays valid.</summary>
internal readonly record struct SafeTensorsPart(string Name, string Dtype, IReadOnlyList<long> Shape, nint Address, long Bytes)
{
    /// <summary>A contiguous CPU tensor, which must outlive the content.</summary>
    public static SafeTensorsPart Of(string name, Tensor tensor) => new(
        name,
        SafeTensorsDtype.FromTorch(tensor.dtype),
        tensor.shape,
        tensor.numel() == 0 ? 0 : HostPointer.Of(tensor),
        tensor.numel() * tensor.element_size());
}
