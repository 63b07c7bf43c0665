using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace OrleansTrain.Training.Native;

/// <summary>Addresses of tensors in host memory.</summary>
internal static class HostPointer
{
    /// <summary>The first byte of a contiguous CPU tensor that is not empty.</summary>
    public static unsafe nint Of(Tensor tensor)
    {
        // `bytes` is a span over the tensor's own memory, which does not move; spans end at 2 GB, so of a longer one the first element.
        if (tensor.numel() * tensor.element_size() <= int.MaxValue)
        {
            return (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(tensor.bytes));
        }

        using var first = tensor.as_strided([1], [1]);
        return (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(first.bytes));
    }
}
