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

    /// <summary>Its first element. Valid as long as the tensor is.</summary>
    public float* Pointer { get; }

    /// <summary>Zeroed memory of this process.</summary>
    public static ParameterBuffer Allocate(long length) => new(torch.zeros(length, torch.ScalarType.Float32, torch.CPU));

    public void Dispose() => Tensor.Dispose();
}
