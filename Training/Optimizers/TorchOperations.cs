using System.Runtime.CompilerServices;
using OrleansTrain.Training.Numerics;

namespace OrleansTrain.Training.Optimizers;

/// <summary>
/// Torch's element-wise operations with the roundings that its CPU kernels have on processors with fused multiply-add
/// (checked bit by bit in the tests). One is left out: torch takes square roots with MKL's vector library, whose last bit depends on where in the
/// tensor an element lies. Ours are correctly rounded, or bits would depend on how a buffer is cut into shards.
/// </summary>
internal static class TorchOperations
{
    /// <summary><c>self.add(other, alpha)</c>: one rounding.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Add<TLanes>(TLanes self, TLanes other, float alpha)
        where TLanes : struct, ILanes<TLanes> =>
        TLanes.MultiplyAdd(other, TLanes.Splat(alpha), self);

    /// <summary><c>self.addcmul(a, b, value)</c>: <c>value * a</c> is rounded, the rest is one multiply-add.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes AddCmul<TLanes>(TLanes self, TLanes a, TLanes b, float value)
        where TLanes : struct, ILanes<TLanes> =>
        TLanes.MultiplyAdd(TLanes.Splat(value) * a, b, self);

    /// <summary><c>self.addcdiv(a, b, value)</c>: <c>self + value * a / b</c>, each operation rounded.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes AddCdiv<TLanes>(TLanes self, TLanes a, TLanes b, float value)
        where TLanes : struct, ILanes<TLanes> =>
        self + ((TLanes.Splat(value) * a) / b);

    /// <summary>The running average <c>self.mul(decay).add(next, alpha: 1 - decay)</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Average<TLanes>(TLanes self, TLanes next, float decay, float gain)
        where TLanes : struct, ILanes<TLanes> =>
        Add(self * TLanes.Splat(decay), next, gain);

    /// <summary>The running average of squares <c>self.mul(decay).addcmul(next, next, 1 - decay)</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes AverageSquare<TLanes>(TLanes self, TLanes next, float decay, float gain)
        where TLanes : struct, ILanes<TLanes> =>
        AddCmul(self * TLanes.Splat(decay), next, next, gain);
}
