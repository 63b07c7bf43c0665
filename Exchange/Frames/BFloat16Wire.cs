using System.Numerics;
using System.Runtime.CompilerServices;

namespace OrleansTrain.Exchange.Frames;

/// <summary>
/// float32 to bfloat16 and back, for the wire: the upper half of the bits, rounded to nearest, ties to even, as torch rounds. NaN stays NaN.
/// </summary>
internal static unsafe class BFloat16Wire
{
    /// <summary>Bytes of an element.</summary>
    public const int Size = sizeof(ushort);

    private const uint Infinity = 0x7F80_0000;

    /// <summary>Rounds <paramref name="count"/> elements.</summary>
    public static void Narrow(float* source, ushort* target, long count)
    {
        long i = 0;
        for (var lanes = Vector<uint>.Count; i + (2 * lanes) <= count; i += 2 * lanes)
        {
            var low = Round(Unsafe.ReadUnaligned<Vector<uint>>(source + i));
            var high = Round(Unsafe.ReadUnaligned<Vector<uint>>(source + i + lanes));
            Unsafe.WriteUnaligned(target + i, Vector.Narrow(low, high));
        }

        for (; i < count; i++)
        {
            target[i] = (ushort)Round(BitConverter.SingleToUInt32Bits(source[i]));
        }
    }

    /// <summary>Widens <paramref name="count"/> elements; exact.</summary>
    public static void Widen(ushort* source, float* target, long count)
    {
        long i = 0;
        for (var lanes = Vector<ushort>.Count; i + lanes <= count; i += lanes)
        {
            Vector.Widen(Unsafe.ReadUnaligned<Vector<ushort>>(source + i), out var low, out var high);
            Unsafe.WriteUnaligned(target + i, low << 16);
            Unsafe.WriteUnaligned(target + i + (lanes / 2), high << 16);
        }

        for (; i < count; i++)
        {
            target[i] = BitConverter.UInt32BitsToSingle((uint)source[i] << 16);
        }
    }

    private static Vector<uint> Round(Vector<uint> bits)
    {
        var upper = bits >>> 16;
        var rounded = (bits + new Vector<uint>(0x7FFF) + (upper & Vector<uint>.One)) >>> 16;
        var isNaN = Vector.GreaterThan(bits & new Vector<uint>(int.MaxValue), new Vector<uint>(Infinity));
        return Vector.ConditionalSelect(isNaN, upper | new Vector<uint>(0x40), rounded);
    }

    private static uint Round(uint bits) =>
        (bits & int.MaxValue) > Infinity ? (bits >> 16) | 0x40 : (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16;
}
