using TorchSharp;
using static TorchSharp.torch;

namespace OrleansTrain.Training.Native;

/// <summary>Turns the <c>device</c> of a spec into a device of this machine.</summary>
public static class DeviceChoice
{
    /// <summary>The values a spec may have.</summary>
    public static IReadOnlyList<string> Names { get; } = ["auto", "cpu", "cuda"];

    /// <summary>The device of one rank.</summary>
    /// <param name="name"><c>auto</c>: a GPU when there is one; <c>cpu</c>; <c>cuda</c>.</param>
    /// <param name="slot">Which of the silo's rank slots the rank has, from 0: the index of its GPU.</param>
    /// <exception cref="ArgumentException">The name is none of <see cref="Names"/>.</exception>
    /// <exception cref="DeviceUnavailableException"><c>cuda</c> was asked for and there is no GPU for the slot.</exception>
    public static Device Resolve(string name, int slot)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(slot);
        TorchRuntime.Initialize();
        return name switch
        {
            "cpu" => CPU,
            "cuda" => Cuda(slot),
            "auto" => slot < CudaDeviceCount() ? Cuda(slot) : CPU,
            _ => throw new ArgumentException($"device: expected {string.Join(", ", Names)}; found '{name}'.", nameof(name)),
        };
    }

    /// <summary>GPUs that libtorch can use here; 0 in a build without CUDA.</summary>
    /// <exception cref="TorchUnavailableException">libtorch, or something it needs, is not there.</exception>
    public static int CudaDeviceCount()
    {
        // The first thing that a silo asks of libtorch.
        TorchRuntime.Initialize();
        return cuda.is_available() ? cuda.device_count() : 0;
    }

    private static Device Cuda(int slot)
    {
        var count = CudaDeviceCount();
        return slot < count
            ? new Device(DeviceType.CUDA, slot)
            : throw new DeviceUnavailableException(
                $"device: cuda was asked for, but rank slot {slot} has no GPU ({count} found); "
                + "build with -p:Torch=cuda on a machine with an NVIDIA driver, or use device: cpu.");
    }
}

/// <summary>A device was asked for that is not there. The message is one line fit for the user.</summary>
public sealed class DeviceUnavailableException(string message) : Exception(message);
