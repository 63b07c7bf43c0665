using CsCheck;
using OrleansTrain.Data.Batches;
using OrleansTrain.Data.Schema;

namespace OrleansTrain.Data.Tests.Batches;

/// <summary>The vectorised conversions give exactly what one multiplication and one addition in float32 give.</summary>
public sealed unsafe class GatherTests
{
    [Fact]
    public void BytesAtAnyAlignmentAndLength() =>
        Gen.Select(Gen.Byte.Array[0, 100], Gen.Int[0, 15], Gen.Float[-2, 2], Gen.Float[-2, 2]).Sample((values, shift, multiply, add) =>
        {
            byte[] source = [.. new byte[shift], .. values];
            var found = new float[values.Length + 1];
            found[^1] = float.MaxValue;
            fixed (byte* from = source)
            {
                fixed (float* to = found)
                {
                    Gather.ToFloat(ElementType.UInt8, from + shift, to, values.Length, multiply, add);
                }
            }

            Assert.Equal(values.Select(value => (value * multiply) + add).Append(float.MaxValue), found);
        });

    [Theory]
    [InlineData(ElementType.Int8)]
    [InlineData(ElementType.Int16)]
    [InlineData(ElementType.Int32)]
    [InlineData(ElementType.Int64)]
    [InlineData(ElementType.Float32)]
    [InlineData(ElementType.Float64)]
    public void OtherTypes(ElementType type)
    {
        var numbers = Enumerable.Range(-50, 101).ToArray();
        var bytes = numbers.SelectMany(number => type switch
        {
            ElementType.Int8 => [(byte)(sbyte)number],
            ElementType.Int16 => BitConverter.GetBytes((short)number),
            ElementType.Int32 => BitConverter.GetBytes(number),
            ElementType.Int64 => BitConverter.GetBytes((long)number),
            ElementType.Float32 => BitConverter.GetBytes(number / 8f),
            _ => BitConverter.GetBytes(number / 8d),
        }).ToArray();
        var scale = type.IsFloat() ? 8f : 1f;
        var found = new float[numbers.Length];
        fixed (byte* from = bytes)
        {
            fixed (float* to = found)
            {
                Gather.ToFloat(type, from, to, numbers.Length, 0.5f, 1);
            }
        }

        Assert.Equal(numbers.Select(number => (number / scale * 0.5f) + 1), found);
    }

    [Theory]
    [InlineData(ElementType.UInt8, new byte[] { 0, 200 }, 0, 200)]
    [InlineData(ElementType.Int8, new byte[] { 255, 7 }, -1, 7)]
    [InlineData(ElementType.Int16, new byte[] { 254, 255, 1, 1 }, -2, 257)]
    [InlineData(ElementType.Int32, new byte[] { 255, 255, 255, 255, 0, 0, 1, 0 }, -1, 65536)]
    public void IntegersAreWidened(ElementType type, byte[] stored, long first, long second)
    {
        var found = new long[2];
        var bytes = stored.ToArray();
        fixed (byte* from = bytes)
        {
            fixed (long* to = found)
            {
                Gather.ToInt64(type, from, to, 2);
            }
        }

        Assert.Equal([first, second], found);
    }
}
