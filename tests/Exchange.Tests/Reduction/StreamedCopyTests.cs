using OrleansTrain.Exchange.Reduction;
using OrleansTrain.Training.Numerics;

namespace OrleansTrain.Exchange.Tests.Reduction;

/// <summary>Copies past the caches: every element and no other, wherever they go.</summary>
public sealed unsafe class StreamedCopyTests
{
    [Theory]
    [InlineData(0, 512)]
    [InlineData(0, 10)]
    [InlineData(16, 33)]
    [InlineData(3, 100)]
    [InlineData(0, 0)]
    public void AllElementsAreCopiedAndTheirNeighboursLeft(int offset, int count)
    {
        using var source = new NativeFloats(600);
        using var target = new NativeFloats(600);
        for (var i = 0; i < 600; i++)
        {
            source.Pointer[i] = i + 1;
            target.Pointer[i] = -1;
        }

        StreamedCopy.Copy(source.Pointer, target.Pointer + offset, count);
        StreamedCopy.Publish();

        for (var i = 0; i < 600; i++)
        {
            var expected = i >= offset && i < offset + count ? i - offset + 1 : -1;
            Assert.Equal(expected, target.Pointer[i]);
        }
    }
}
