using System.Buffers;
using System.Runtime.InteropServices;

namespace OrleansTrain.Data.Blocks;

/// <summary>
/// Native memory on a 64-byte boundary, usable as <see cref="Memory{T}"/>. Freed exactly once, by <see cref="IDisposable.Dispose"/>;
/// whoever owns it makes sure that nobody reads it then.
/// </summary>
internal sealed unsafe partial class NativeBuffer : MemoryManager<byte>
{
    private const nuint Alignment = 64;

    // Shuffled records lie all over a block: with pages of 4 KiB each costs a walk through the page tables.
    private const int HugePage = 2 << 20;
    private const int AdviseHugePages = 14;

    private nint _start;

    public NativeBuffer(int length)
    {
        var huge = OperatingSystem.IsLinux() && length >= 2 * HugePage;
        _start = (nint)NativeMemory.AlignedAlloc((nuint)Math.Max(length, 1), huge ? HugePage : Alignment);
        Length = length;
        if (huge)
        {
            // Advice: a kernel that cannot follow it says so, and nothing changes.
            _ = Advise(_start, (nuint)(length / HugePage * HugePage), AdviseHugePages);
        }

        GC.AddMemoryPressure(Math.Max(length, 1));
    }

    public int Length { get; }

    public byte* Start => (byte*)_start;

    /// <summary>The first <paramref name="length"/> bytes as a stream, valid while the buffer is.</summary>
    public Stream OpenRead(int length) => new UnmanagedMemoryStream(Start, length);

    public override Span<byte> GetSpan() => new((void*)_start, Length);

    public override MemoryHandle Pin(int elementIndex = 0) => new((byte*)_start + elementIndex);

    public override void Unpin()
    {
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint start, nuint length, int advice);

    protected override void Dispose(bool disposing)
    {
        var start = Interlocked.Exchange(ref _start, 0);
        if (start != 0)
        {
            NativeMemory.AlignedFree((void*)start);
            GC.RemoveMemoryPressure(Math.Max(Length, 1));
        }
    }
}
