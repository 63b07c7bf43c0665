using OrleansTrain.Data.Schema;

namespace OrleansTrain.Data.Blocks;

/// <summary>
/// Records in native memory, one behind the other. Shared by reference between ranks and runs and never written after it is filled;
/// freed when the last of its users has released it. Thread-safe.
/// </summary>
public sealed unsafe class DataBlock
{
    private readonly NativeBuffer _buffer;
    private readonly int _start;
    private int _references = 1;

    /// <summary>Takes over a buffer whose records start at <paramref name="start"/>. The creator holds the first reference.</summary>
    internal DataBlock(RecordSchema schema, int count, string origin, NativeBuffer buffer, int start)
    {
        if (start + ((long)count * schema.RecordBytes) > buffer.Length)
        {
            throw new ArgumentException($"{count} records of {schema.RecordBytes} bytes do not fit {buffer.Length - start} bytes.", nameof(count));
        }

        (Schema, Count, Origin, _buffer, _start) = (schema, count, origin, buffer, start);
    }

    /// <summary>Columns of each record.</summary>
    public RecordSchema Schema { get; }

    /// <summary>Number of records.</summary>
    public int Count { get; }

    /// <summary>Where the records come from, for messages.</summary>
    public string Origin { get; }

    /// <summary>Memory it takes.</summary>
    public long Bytes => _buffer.Length;

    /// <summary>Records that could not be read and whose place another record of the block has taken.</summary>
    public int Skipped { get; init; }

    /// <summary>Allocates room for <paramref name="count"/> records, to be filled through <see cref="Writable"/> before it is shared.</summary>
    internal static DataBlock Allocate(RecordSchema schema, int count, string origin, int skipped = 0) =>
        new(schema, count, origin, new NativeBuffer(checked(count * schema.RecordBytes)), 0) { Skipped = skipped };

    /// <summary>The bytes of one record. Valid while the caller holds a reference.</summary>
    public ReadOnlySpan<byte> Record(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
        return new ReadOnlySpan<byte>(Start + ((long)index * Schema.RecordBytes), Schema.RecordBytes);
    }

    /// <summary>Bytes of all records.</summary>
    public long RecordBytes => (long)Count * Schema.RecordBytes;

    /// <summary>Some bytes of the records. Valid while the caller holds a reference.</summary>
    internal ReadOnlySpan<byte> BytesAt(int offset, int length) => new ReadOnlySpan<byte>(Start, checked((int)RecordBytes)).Slice(offset, length);

    /// <summary>Takes a reference, unless the block has already been freed.</summary>
    public bool TryAddReference()
    {
        while (true)
        {
            var seen = Volatile.Read(ref _references);
            if (seen == 0)
            {
                return false;
            }

            if (Interlocked.CompareExchange(ref _references, seen + 1, seen) == seen)
            {
                return true;
            }
        }
    }

    /// <summary>Gives a reference back; the last one frees the memory.</summary>
    public void Release()
    {
        var left = Interlocked.Decrement(ref _references);
        if (left == 0)
        {
            ((IDisposable)_buffer).Dispose();
        }
        else if (left < 0)
        {
            throw new InvalidOperationException($"The block {Origin} was released once too often.");
        }
    }

    /// <summary>First byte of the first record.</summary>
    internal byte* Start => _buffer.Start + _start;

    /// <summary>References held now.</summary>
    internal int References => Volatile.Read(ref _references);

    /// <summary>All records, for whoever fills the block.</summary>
    internal Span<byte> Writable => new(Start, checked(Count * Schema.RecordBytes));
}
