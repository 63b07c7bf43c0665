using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace OrleansTrain.Exchange.Reduction;

/// <summary>
/// Copies to memory that other cores have read and will read again, past the caches. A normal store first takes the line away from every cache that
/// holds it, one round trip between cores for each line, and processors have few of those under way; a non-temporal store of a whole line does not
/// need to own it (docs/performance.md has what it saves).
/// </summary>
internal static unsafe class StreamedCopy
{
    /// <summary>Copies <paramref name="count"/> elements; others may see them in any order until <see cref="Publish"/>.</summary>
    /// <param name="target">A multiple of 64 bytes, or all elements are stored the normal way.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Copy(float* source, float* target, long count)
    {
        nint index = 0;
        if ((nint)target % (Vector512<float>.Count * sizeof(float)) == 0)
        {
            var lines = (nint)(count - (count % Vector512<float>.Count));
            for (; index < lines; index += Vector512<float>.Count)
            {
                Vector512.Load(source + index).StoreAlignedNonTemporal(target + index);
            }
        }

        for (; index < (nint)count; index++)
        {
            target[index] = source[index];
        }
    }

    /// <summary>What was copied is seen before whatever this thread stores next.</summary>
    public static void Publish()
    {
        if (Sse.IsSupported)
        {
            Sse.StoreFence();
        }
        else
        {
            Interlocked.MemoryBarrier();
        }
    }
}
