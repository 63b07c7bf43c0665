using System.Security.Cryptography;
using OrleansTrain.Training.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace OrleansTrain.Training;

/// <summary>
/// SHA-256 over all parameter bytes: float32 little-endian, each parameter contiguous, in ordinal order of the names.
/// Two runs trained the same model if and only if it matches.
/// </summary>
public static class WeightsHash
{
    /// <summary>The hash of parameters in a flat buffer.</summary>
    /// <param name="flat">float32, <c>[layout.Length]</c>, contiguous, on the CPU.</param>
    /// <returns>64 lower-case hex digits.</returns>
    public static string Compute(ParameterLayout layout, Tensor flat)
    {
        ArgumentNullException.ThrowIfNull(layout);
        ArgumentNullException.ThrowIfNull(flat);
        if (flat.dtype != ScalarType.Float32 || flat.device_type != DeviceType.CPU || !flat.is_contiguous() || flat.numel() != layout.Length)
        {
            throw new ArgumentException($"Expected {layout.Length} contiguous float32 values on the CPU.", nameof(flat));
        }

        var hash = Compute(layout, HostPointer.Of(flat));
        GC.KeepAlive(flat);
        return hash;
    }

    /// <summary>The hash of a model's parameters as they are.</summary>
    public static string Compute(nn.Module model)
    {
        ArgumentNullException.ThrowIfNull(model);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (_, parameter) in model.named_parameters().OrderBy(entry => entry.name, StringComparer.Ordinal))
        {
            var values = parameter.detach().cpu().contiguous();
            if (values.numel() > 0)
            {
                Append(hash, HostPointer.Of(values), values.numel() * values.element_size());
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The hash of parameters at an address.</summary>
    internal static string Compute(ParameterLayout layout, nint flat)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var slot in layout.Slots.OrderBy(slot => slot.Name, StringComparer.Ordinal))
        {
            Append(hash, flat + (nint)(slot.Offset * sizeof(float)), slot.Length * sizeof(float));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    // Memory is hashed as it lies: every platform that libtorch runs on is little-endian.
    private static unsafe void Append(IncrementalHash hash, nint address, long bytes)
    {
        const int Most = 1 << 30;
        for (long done = 0; done < bytes; done += Most)
        {
            hash.AppendData(new ReadOnlySpan<byte>((void*)(address + (nint)done), (int)Math.Min(Most, bytes - done)));
        }
    }
}
