using System.Buffers;

namespace OrleansTrain.Data.Blocks;

/// <summary>
/// Native memory on a 64-byte boundary, usable as <see cref="Memory{T}"/>. Freed exactly once, by <see cref="IDisposable.Dispose"/>;
/// whoever owns it makes sure that nobody reads it then. The garbage collector is not told of it: it frees none of it, and would stop everything to look.
/// </summary>
internal sealed unsafe class NativeBuffer : MemoryManager<byte>
{
    private nint _start;

    public NativeBuffer(int length)
    {
        _start = HostMemory.Allocate(length);
        Length = length;
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

    protected override void Dispose(bool disposing)
    {
        var start = Interlocked.Exchange(ref _start, 0);
        if (start != 0)
        {
            HostMemory.Free(start, Length);
        }
    }
}
