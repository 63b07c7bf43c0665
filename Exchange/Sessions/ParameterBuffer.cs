using OrleansTrain.Exchange.SharedMemory;
using TorchSharp;

namespace OrleansTrain.Exchange.Sessions;

/// <summary>The flat parameter tensor and its address.</summary>
internal sealed unsafe class ParameterBuffer : IDisposable
{
    private const int Alignment = 64;

    /// <summary>Takes over a contiguous float32 CPU tensor of one dimension.</summary>
    public ParameterBuffer(torch.Tensor tensor)
    {
        Tensor = tensor.DetachFromDisposeScope();
        Length = tensor.numel();
        using var first = tensor.slice(0, 0, Math.Min(1, tensor.numel()), 1);
        fixed (byte* pointer = first.bytes)
        {
            Pointer = (float*)pointer;
        }

        if ((nint)Pointer % Alignment != 0)
        {
            throw new InvalidOperationException($"The parameter buffer starts at {(nint)Pointer:x}: expected a multiple of {Alignment}.");
        }
    }

    /// <summary>The tensor.</summary>
    public torch.Tensor Tensor { get; }

    /// <summary>Elements.</summary>
    public long Length { get; }

    /// <summary>Its first element. Valid as long as the tensor is.</summary>
    public float* Pointer { get; }

    /// <summary>Bytes of its pages; 0 when it does not have them for itself.</summary>
    public long PageBytes { get; private set; }

    /// <summary>Zeroed memory of this process.</summary>
    public static ParameterBuffer Allocate(long length) => new(torch.zeros(length, torch.ScalarType.Float32, torch.CPU));

    /// <summary>
    /// Zeroed memory of this process on pages of its own, so that later memory shared with other processes can take its place
    /// while tensors and pointers stay what they are.
    /// </summary>
    public static ParameterBuffer AllocatePages(long length)
    {
        var bytes = ((length * sizeof(float)) + Environment.SystemPageSize - 1) / Environment.SystemPageSize * Environment.SystemPageSize;
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            using (var file = new FileStream(path, FileMode.CreateNew))
            {
                file.SetLength(bytes);
            }

            // Torch has no tensor over foreign memory, but unmaps what it has mapped, whatever is there by then.
            using var pages = torch.from_file(path, shared: false, bytes / sizeof(float), torch.ScalarType.Float32);
            var buffer = new ParameterBuffer(pages.slice(0, 0, length, 1));
            LinuxMemory.ReplaceByPrivate(buffer.Pointer, bytes);
            buffer.PageBytes = bytes;
            return buffer;
        }
        finally
        {
            File.Delete(path);
        }
    }

    public void Dispose() => Tensor.Dispose();
}
