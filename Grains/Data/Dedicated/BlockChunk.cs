using OrleansTrain.Data.Blocks;

namespace OrleansTrain.Grains.Data.Dedicated;

/// <summary>
/// Some bytes of a block on their way to another silo: at the sender part of the block itself, at the receiver native memory, so that no managed
/// array is made of them. Disposed by whoever reads it last: the serializer at the sender, the caller at the receiver.
/// </summary>
internal sealed class BlockChunk : IDisposable
{
    private readonly int _offset;
    private readonly int _length;
    private BlockLease? _lease;
    private NativeBuffer? _received;

    /// <summary>Part of a block; takes the lease over.</summary>
    public BlockChunk(BlockLease lease, int offset, int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)offset + length, lease.Block.RecordBytes, nameof(length));
        (_lease, _offset, _length) = (lease, offset, length);
    }

    /// <summary>Room for what has arrived.</summary>
    public BlockChunk(int length) => (_received, _length) = (new NativeBuffer(length), length);

    /// <summary>The bytes; valid until this is disposed.</summary>
    public ReadOnlySpan<byte> Bytes => _received is { } received ? received.GetSpan() : Lease.Block.BytesAt(_offset, _length);

    /// <summary>The bytes, for whoever receives them.</summary>
    public Span<byte> Writable => (_received ?? throw new InvalidOperationException("Part of a block cannot be written.")).GetSpan();

    private BlockLease Lease => _lease ?? throw new ObjectDisposedException(nameof(BlockChunk));

    /// <inheritdoc/>
    public void Dispose()
    {
        Interlocked.Exchange(ref _lease, null)?.Dispose();
        ((IDisposable?)Interlocked.Exchange(ref _received, null))?.Dispose();
    }
}
