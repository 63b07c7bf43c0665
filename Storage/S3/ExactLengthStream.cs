namespace OrleansTrain.Storage.S3;

/// <summary>The next <paramref name="length"/> bytes of a stream that stays open: never more, and an error when there are fewer.</summary>
internal sealed class ExactLengthStream(Stream inner, long length) : ForwardOnlyStream
{
    private long _left = length;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_left == 0 || buffer.Length == 0)
        {
            return 0;
        }

        var read = await inner.ReadAsync(buffer[..(int)Math.Min(buffer.Length, _left)], cancellationToken);
        if (read == 0)
        {
            throw new EndOfStreamException($"the content ends {_left} bytes before the announced length");
        }

        _left -= read;
        return read;
    }
}
