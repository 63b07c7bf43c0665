namespace OrleansTrain.Training.SafeTensors;

/// <summary>Reads a header and pieces of native memory as one file. Not thread-safe.</summary>
internal sealed unsafe class PartsStream(byte[] header, (nint Address, long Length)[] parts, long length) : Stream
{
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position
    {
        get => _position;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _position = value;
        }
    }

    public override int Read(Span<byte> buffer)
    {
        var done = 0;
        long start = 0;
        done += Copy(header, ref start, buffer);
        foreach (var (address, partLength) in parts)
        {
            if (done == buffer.Length)
            {
                break;
            }

            var offset = _position - start;
            if (offset >= 0 && offset < partLength)
            {
                var count = (int)Math.Min(partLength - offset, buffer.Length - done);
                new ReadOnlySpan<byte>((void*)(address + (nint)offset), count).CopyTo(buffer[done..]);
                done += count;
                _position += count;
            }

            start += partLength;
        }

        return done;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        Task.FromResult(Read(buffer.AsSpan(offset, count)));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => _position + offset,
        _ => length + offset,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private int Copy(ReadOnlySpan<byte> part, ref long start, Span<byte> buffer)
    {
        var count = 0;
        if (_position < part.Length)
        {
            count = (int)Math.Min(part.Length - _position, buffer.Length);
            part.Slice((int)_position, count).CopyTo(buffer);
            _position += count;
        }

        start += part.Length;
        return count;
    }
}
