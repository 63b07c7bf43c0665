using System.Runtime.CompilerServices;
using OrleansTrain.Training.Numerics;

namespace OrleansTrain.Training.Tests.Numerics;

public sealed unsafe class ElementKernelsTests
{
    [Fact]
    public void EveryWidthGivesTheSameBits()
    {
        var random = new Random(3);
        var a = Numbers(random, 1003);
        var b = Numbers(random, 1003);

        var expected = Run<SingleLane>(a, b);

        Assert.Equal(expected, Run<Lanes128>(a, b));
        Assert.Equal(expected, Run<Lanes256>(a, b));
        Assert.Equal(expected, Run<Lanes512>(a, b));
    }

    private static float[] Numbers(Random random, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => (float)((random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-30, 30))))];

    private static uint[] Run<TLanes>(float[] a, float[] b)
        where TLanes : struct, ILanes<TLanes>
    {
        var result = new float[a.Length];
        fixed (float* left = a, right = b, target = result)
        {
            ElementKernels.Run<EveryOperation, TLanes>(new EveryOperation(left, right, target), a.Length);
        }

        return [.. result.Select(BitConverter.SingleToUInt32Bits)];
    }

    private readonly struct EveryOperation(float* left, float* right, float* target) : IElementKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<TLanes>(nint index)
            where TLanes : struct, ILanes<TLanes>
        {
            var a = TLanes.Load(left + index);
            var b = TLanes.Load(right + index);
            var sum = TLanes.MultiplyAdd(a, b, a - b) / (TLanes.Sqrt(TLanes.Abs(b)) + TLanes.Splat(1e-8f));
            TLanes.BySign(b, TLanes.Max(sum * a, b), a, TLanes.Min(sum * a, b)).Store(target + index);
        }
    }
}
