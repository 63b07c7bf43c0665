using System.Buffers;
using OrleansTrain.Data.Blocks;

namespace OrleansTrain.Training.Native;

/// <summary>
/// Host memory outside of the managed heap, 64-byte aligned, of any length: checkpoints of large models must not weigh on the collector.
/// Not initialised. Freed by <see cref="Dispose"/>, or by the finalizer of one that was forgotten.
/// </summary>
internal sealed unsafe class HostBuffer : IDisposable
{
    private byte* _address;

    /// <summary>Allocates <paramref name="length"/> bytes.</summary>
    public HostBuffer(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        Length = length;
        _address = (byte*)HostMemory.Allocate(length);
    }

    ~HostBuffer() => Free();

    /// <summary>Length in bytes.</summary>
    public long Length { get; }

    /// <summary>The first byte.</summary>
    public nint Address => _address is null ? throw new ObjectDisposedException(nameof(HostBuffer)) : (nint)_address;

    /// <summary>Bytes at an offset.</summary>
    public Span<byte> Span(long offset, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length - length);
        return new Span<byte>((byte*)Address + offset, length);
    }

    /// <summary>Bytes at an offset, for asynchronous reads and writes. Must not be used after this buffer is disposed.</summary>
    public Memory<byte> Memory(long offset, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length - length);
        return new Part(this, (byte*)Address + offset, length).Memory;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        if (_address is not null)
        {
            HostMemory.Free((nint)_address, Length);
            _address = null;
        }
    }

    private sealed class Part(HostBuffer owner, byte* address, int length) : MemoryManager<byte>
    {
        // Keeps the buffer from being finalized while the memory is in use.
        private readonly HostBuffer _owner = owner;

        public override Span<byte> GetSpan()
        {
            _ = _owner.Address;
            return new Span<byte>(address, length);
        }

        public override MemoryHandle Pin(int elementIndex = 0) => new(address + elementIndex, pinnable: this);

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
