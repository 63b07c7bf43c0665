using System.Runtime.InteropServices;

namespace OrleansTrain.Data.Blocks;

/// <summary>
/// Large blocks of memory: on Linux mappings of their own, which go back to the kernel when they are freed. Not from the C library's heap: glibc before
/// 2.38 finds no room for an aligned block where one of the same size was freed, so that blocks which come and go make it grow without end, and what
/// one thread freed is out of another's reach. Long ones lie on huge pages where the kernel gives them: shuffled records lie all over a block, and with
/// pages of 4 KiB each costs a walk through the page tables. Small blocks, and all elsewhere, come from the C library.
/// </summary>
internal static unsafe partial class HostMemory
{
    private const nuint Alignment = 64;

    /// <summary>From here on a mapping's own cost does not matter.</summary>
    private const int SmallestMapping = 256 << 10;

    private const int HugePage = 2 << 20;
    private const int AdviseHugePages = 14;
    private const int ReadWrite = 3;
    private const int PrivateAnonymous = 0x22;

    /// <summary>Memory that is not initialised, 64-byte aligned.</summary>
    /// <exception cref="OutOfMemoryException">There is not that much.</exception>
    public static nint Allocate(long length)
    {
        if (!IsMapped(length))
        {
            return (nint)NativeMemory.AlignedAlloc((nuint)Math.Max(length, 1), Alignment);
        }

        var mapped = Mapped(length);
        if (length < 2 * HugePage)
        {
            return Map(mapped);
        }

        var whole = Map(mapped + HugePage);
        var start = (whole + HugePage - 1) / HugePage * HugePage;
        Unmap(whole, start);
        Unmap(start + mapped, whole + mapped + HugePage);
        // Advice: a kernel that cannot follow it says so, and nothing changes.
        _ = Advise(start, (nuint)(length / HugePage * HugePage), AdviseHugePages);
        return start;
    }

    /// <summary>Gives back what <see cref="Allocate"/> gave for this length.</summary>
    public static void Free(nint start, long length)
    {
        if (IsMapped(length))
        {
            Unmap(start, start + Mapped(length));
        }
        else
        {
            NativeMemory.AlignedFree((void*)start);
        }
    }

    private static bool IsMapped(long length) => OperatingSystem.IsLinux() && length >= SmallestMapping;

    private static nint Mapped(long length) => ((nint)length + Environment.SystemPageSize - 1) / Environment.SystemPageSize * Environment.SystemPageSize;

    private static nint Map(nint length)
    {
        var start = Map(0, (nuint)length, ReadWrite, PrivateAnonymous, -1, 0);
        return start != -1
            ? start
            : throw new InsufficientMemoryException($"{length} bytes cannot be mapped: {Marshal.GetLastPInvokeErrorMessage()}.");
    }

    private static void Unmap(nint from, nint to)
    {
        if (from < to && Unmap(from, (nuint)(to - from)) != 0)
        {
            throw new InvalidOperationException($"{to - from} bytes cannot be unmapped: {Marshal.GetLastPInvokeErrorMessage()}.");
        }
    }

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    private static partial int Unmap(nint start, nuint length);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint start, nuint length, int advice);
}
