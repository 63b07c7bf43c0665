using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using OrleansTrain.Data.Schema;

namespace OrleansTrain.Data.Batches;

/// <summary>
/// Converts stored numbers to float32 and scales them in the same pass. Multiplies and adds in two roundings, never fused:
/// the result is the same whatever instructions the processor has.
/// </summary>
/// <remarks>
/// Ahead-of-time code cannot ask for AVX, and the JIT would start with unoptimised code that stays for the first epochs: it replaces methods only when
/// nothing new has been compiled for a while.
/// </remarks>
internal static unsafe class Gather
{
    /// <summary>destination[i] = source[i] * multiply + add.</summary>
    public static void ToFloat(ElementType type, byte* source, float* destination, int count, float multiply, float add)
    {
        switch (type)
        {
            case ElementType.UInt8:
                FromBytes(source, destination, count, multiply, add);
                break;
            case ElementType.Float32:
                FromFloats((float*)source, destination, count, multiply, add);
                break;
            case ElementType.Int8:
                From((sbyte*)source, destination, count, multiply, add);
                break;
            case ElementType.Int16:
                From((short*)source, destination, count, multiply, add);
                break;
            case ElementType.Int32:
                From((int*)source, destination, count, multiply, add);
                break;
            case ElementType.Int64:
                From((long*)source, destination, count, multiply, add);
                break;
            default:
                From((double*)source, destination, count, multiply, add);
                break;
        }
    }

    /// <summary>Integers as they are, widened to int64.</summary>
    public static void ToInt64(ElementType type, byte* source, long* destination, int count)
    {
        for (var i = 0; i < count; i++)
        {
            destination[i] = type switch
            {
                ElementType.UInt8 => source[i],
                ElementType.Int8 => (sbyte)source[i],
                ElementType.Int16 => BinaryPrimitives.ReadInt16LittleEndian(new ReadOnlySpan<byte>(source + (2 * i), 2)),
                ElementType.Int32 => BinaryPrimitives.ReadInt32LittleEndian(new ReadOnlySpan<byte>(source + (4 * i), 4)),
                _ => BinaryPrimitives.ReadInt64LittleEndian(new ReadOnlySpan<byte>(source + (8 * i), 8)),
            };
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FromBytes(byte* source, float* destination, int count, float multiply, float add)
    {
        var i = 0;
        if (Avx512F.IsSupported)
        {
            var (m, a) = (Vector512.Create(multiply), Vector512.Create(add));
            for (; i <= count - Vector512<float>.Count; i += Vector512<float>.Count)
            {
                var wide = Vector512.ConvertToSingle(Avx512F.ConvertToVector512Int32(Vector128.Load(source + i)));
                ((wide * m) + a).Store(destination + i);
            }
        }
        else if (Avx2.IsSupported)
        {
            var (m, a) = (Vector256.Create(multiply), Vector256.Create(add));
            for (; i <= count - Vector256<float>.Count; i += Vector256<float>.Count)
            {
                var wide = Vector256.ConvertToSingle(Avx2.ConvertToVector256Int32(source + i));
                ((wide * m) + a).Store(destination + i);
            }
        }
        else if (Vector128.IsHardwareAccelerated)
        {
            var (m, a) = (Vector128.Create(multiply), Vector128.Create(add));
            for (; i <= count - Vector128<byte>.Count; i += Vector128<byte>.Count)
            {
                var (low, high) = Vector128.Widen(Vector128.Load(source + i));
                Store(low, m, a, destination + i);
                Store(high, m, a, destination + i + Vector128<ushort>.Count);
            }
        }

        From(source + i, destination + i, count - i, multiply, add);
    }

    private static void Store(Vector128<ushort> values, Vector128<float> multiply, Vector128<float> add, float* destination)
    {
        var (low, high) = Vector128.Widen(values);
        ((Vector128.ConvertToSingle(low.AsInt32()) * multiply) + add).Store(destination);
        ((Vector128.ConvertToSingle(high.AsInt32()) * multiply) + add).Store(destination + Vector128<float>.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FromFloats(float* source, float* destination, int count, float multiply, float add)
    {
        if (multiply == 1 && add == 0)
        {
            Unsafe.CopyBlockUnaligned(destination, source, (uint)count * sizeof(float));
            return;
        }

        var i = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            var (m, a) = (Vector256.Create(multiply), Vector256.Create(add));
            for (; i <= count - Vector256<float>.Count; i += Vector256<float>.Count)
            {
                ((Vector256.Load(source + i) * m) + a).Store(destination + i);
            }
        }

        From(source + i, destination + i, count - i, multiply, add);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void From<T>(T* source, float* destination, int count, float multiply, float add)
        where T : unmanaged, System.Numerics.INumberBase<T>
    {
        for (var i = 0; i < count; i++)
        {
            destination[i] = (float.CreateTruncating(Unsafe.ReadUnaligned<T>(source + i)) * multiply) + add;
        }
    }
}
