using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace OrleansTrain.Training.Numerics;

/// <summary>Runs a kernel over a range with the widest vectors this processor is fast with, and single lanes for the rest.</summary>
internal static class ElementKernels
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TKernel>(TKernel kernel, long length)
        where TKernel : struct, IElementKernel
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Run<TKernel, Lanes512>(kernel, length);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            Run<TKernel, Lanes256>(kernel, length);
        }
        else if (Vector128.IsHardwareAccelerated)
        {
            Run<TKernel, Lanes128>(kernel, length);
        }
        else
        {
            Run<TKernel, SingleLane>(kernel, length);
        }
    }

    /// <summary>The same with a given width: the result is the same for each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TKernel, TLanes>(TKernel kernel, long length)
        where TKernel : struct, IElementKernel
        where TLanes : struct, ILanes<TLanes>
    {
        nint index = 0;
        var bulk = (nint)(length - (length % TLanes.Count));
        for (; index < bulk; index += TLanes.Count)
        {
            kernel.Apply<TLanes>(index);
        }

        for (; index < (nint)length; index++)
        {
            kernel.Apply<SingleLane>(index);
        }
    }
}
