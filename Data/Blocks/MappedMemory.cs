using System.Runtime.InteropServices;

namespace OrleansTrain.Data.Blocks;

/// <summary>
/// Mappings of their own, which go back to the kernel when they are freed. Not from the C library's heap: glibc before 2.38 finds no room for an aligned
/// block where one of the same size was freed, so that blocks which come and go make it grow without end. Long ones lie on huge pages where the
/// kernel gives them: shuffled records lie all over a block, and with pages of 4 KiB each costs a walk through the page tables. Linux alone.
/// </summary>
internal static unsafe partial class MappedMemory
{
    private const int HugePage = 2 << 20;
    private const int AdviseHugePages = 14;
    private const int ReadWrite = 3;
    private const int PrivateAnonymous = 0x22;

    /// <summary>Zeroed memory on a page boundary.</summary>
    /// <exception cref="InsufficientMemoryException">There is not that much.</exception>
    public static nint Allocate(int length)
    {
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

    /// <summary>Gives back what <see cref="Allocate"/> gave.</summary>
    public static void Free(nint start, int length) => Unmap(start, start + Mapped(length));

    private static nint Mapped(int length) => ((nint)length + Environment.SystemPageSize - 1) / Environment.SystemPageSize * Environment.SystemPageSize;

    private static nint Map(nint length)
    {
        var start = Map(0, (nuint)length, ReadWrite, PrivateAnonymous, -1, 0);
        return start != -1
            ? start
            : throw new InsufficientMemoryException($"{length} bytes for a block of data cannot be mapped: {Marshal.GetLastPInvokeErrorMessage()}.");
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
