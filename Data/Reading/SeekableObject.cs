namespace OrleansTrain.Data.Reading;

/// <summary>
/// An object as a stream that can be read anywhere, at one version: for formats whose libraries jump about. Reads ahead a little, so that many
/// small reads become few requests. Used by one reader at a time.
/// </summary>
internal sealed class SeekableObject(DatasetLocation location, string key, string etag, long size, int readAhead = 1 << 18) : Stream
{
    private readonly byte[] _buffer = new byte[(int)Math.Clamp(size, 1, readAhead)];
    private long _bufferStart;
    private int _buffered;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => size;

    public override long Position { get; set; }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var wanted = (int)Math.Min(buffer.Length, Math.Max(0, size - Position));
        if (wanted == 0)
        {
            return 0;
        }

        var at = Position - _bufferStart;
        if (at < 0 || at >= _buffered)
        {
            if (wanted >= _buffer.Length)
            {
                await location.Store.ReadRange(key, Position, buffer[..wanted], etag, cancellationToken);
                Position += wanted;
                return wanted;
            }

            var length = (int)Math.Min(_buffer.Length, size - Position);
            (_bufferStart, _buffered, at) = (Position, 0, 0);
            await location.Store.ReadRange(key, Position, _buffer.AsMemory(0, length), etag, cancellationToken);
            _buffered = length;
        }

        var count = Math.Min(wanted, _buffered - (int)at);
        _buffer.AsMemory((int)at, count).CopyTo(buffer);
        Position += count;
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    // The Parquet library reads its footer synchronously; it runs on worker threads.
    public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer, offset, count, CancellationToken.None).GetAwaiter().GetResult();

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => Position + offset,
        _ => size + offset,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
