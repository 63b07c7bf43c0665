using System.Runtime.CompilerServices;
using OrleansTrain.Training.Numerics;

namespace OrleansTrain.Exchange.Reduction;

/// <summary>The element-wise work of a sum.</summary>
internal static unsafe class SumKernels
{
    /// <summary><c>target = left + right</c>; the target may be either of them.</summary>
    public static void Add(float* left, float* right, float* target, long count) =>
        ElementKernels.Run(new AddKernel(left, right, target), count);

    /// <summary><c>target = (left + right) * scale</c>, with two roundings.</summary>
    public static void AddScaled(float* left, float* right, float scale, float* target, long count) =>
        ElementKernels.Run(new AddScaledKernel(left, right, scale, target), count);

    /// <summary><c>target = source * scale</c>.</summary>
    public static void Scale(float* source, float scale, float* target, long count) =>
        ElementKernels.Run(new ScaleKernel(source, scale, target), count);

    internal readonly struct AddKernel(float* left, float* right, float* target) : IElementKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<TLanes>(nint index)
            where TLanes : struct, ILanes<TLanes> =>
            (TLanes.Load(left + index) + TLanes.Load(right + index)).Store(target + index);
    }

    internal readonly struct AddScaledKernel(float* left, float* right, float scale, float* target) : IElementKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<TLanes>(nint index)
            where TLanes : struct, ILanes<TLanes> =>
            ((TLanes.Load(left + index) + TLanes.Load(right + index)) * TLanes.Splat(scale)).Store(target + index);
    }

    internal readonly struct ScaleKernel(float* source, float scale, float* target) : IElementKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<TLanes>(nint index)
            where TLanes : struct, ILanes<TLanes> =>
            (TLanes.Load(source + index) * TLanes.Splat(scale)).Store(target + index);
    }
}
