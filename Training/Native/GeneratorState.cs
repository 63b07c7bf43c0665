using System.Buffers.Binary;
using TorchSharp;
using static TorchSharp.torch;

namespace OrleansTrain.Training.Native;

/// <summary>
/// Checks the bytes of a generator's state before libtorch sees them: TorchSharp passes them on unguarded, and what libtorch then
/// throws ends the process. Layout: <c>CPUGeneratorImplState</c> of ATen's CPUGeneratorImpl.cpp.
/// </summary>
internal static class GeneratorState
{
    private const int Words = 624;
    private const int LeftAt = 8;
    private const int SeededAt = 12;
    private const int NextAt = 16;

    private static readonly Lazy<long> Size = new(() =>
    {
        using var generator = new Generator(1, CPU);
        using var state = generator.get_state();
        return state.numel();
    });

    /// <summary>Throws unless this is a state that <c>set_state</c> takes.</summary>
    /// <exception cref="InvalidDataException">It is not.</exception>
    public static void Check(Tensor state)
    {
        if (state.dtype != ScalarType.Byte || state.device_type != DeviceType.CPU || state.dim() != 1 || !state.is_contiguous()
            || state.numel() != Size.Value)
        {
            throw new InvalidDataException($"Random state: expected {Size.Value} bytes, found {state.numel()} elements of {state.dtype}.");
        }

        var bytes = state.bytes;
        var left = BinaryPrimitives.ReadInt32LittleEndian(bytes[LeftAt..]);
        var seeded = BinaryPrimitives.ReadInt32LittleEndian(bytes[SeededAt..]);
        var next = BinaryPrimitives.ReadUInt64LittleEndian(bytes[NextAt..]);
        if (left is <= 0 or > Words || seeded != 1 || next > Words)
        {
            throw new InvalidDataException("Random state: expected the state of a seeded mt19937 generator, found other bytes.");
        }
    }
}
