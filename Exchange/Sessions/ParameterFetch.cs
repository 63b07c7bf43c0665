using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace OrleansTrain.Exchange.Sessions;

/// <summary>
/// Brings new parameters that others have streamed past the caches into the cache of the core that is about to use them. Read in order they come
/// at the speed of memory; the matrix products of the next step ask for them in an order that the processor does not foresee, and wait.
/// </summary>
internal static unsafe class ParameterFetch
{
    /// <summary>What fits into a core's second-level cache with as much again: larger parameters would push each other out.</summary>
    private const long LargestBytes = 512 * 1024;

    /// <summary>Whether they fit.</summary>
    public static bool Suits(ParameterBuffer parameters) => parameters.Length * sizeof(float) <= LargestBytes;

    /// <summary>Reads the parameters into the caches of the core that this thread runs on, if they fit.</summary>
    public static void Run(ParameterBuffer parameters)
    {
        if (Suits(parameters))
        {
            Read(parameters.Pointer, parameters.Length);
        }
    }

    // Reads, not prefetch instructions: the processor drops those when many are under way. The sum keeps them from being optimised away.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static float Read(float* parameters, long length)
    {
        // Two chains of additions: one would be slower than the memory.
        var (even, odd) = (Vector256<float>.Zero, Vector256<float>.Zero);
        const int Line = 16;
        for (nint index = 0; index + (2 * Line) <= (nint)length; index += 2 * Line)
        {
            even += Vector256.Load(parameters + index);
            odd += Vector256.Load(parameters + index + Line);
        }

        return Vector256.Sum(even + odd);
    }
}
