using System.Buffers;
using System.Security.Cryptography;

namespace OrleansTrain.Storage.S3;

/// <summary>
/// The next bytes of a stream that can be rewound, for an upload and its repetitions. Nobody reads the stream after <see cref="DisposeAsync"/>, not
/// even a request that was given up and is still being sent: the bytes may be native memory that goes next.
/// </summary>
internal sealed class UploadSource(Stream content, long length) : IAsyncDisposable
{
    private const int ChunkBytes = 256 << 10;

    private readonly long _start = content.Position;
    private readonly SemaphoreSlim _turn = new(1);
    private bool _isOver;

    public long Length => length;

    /// <summary>The digest that a server compares with what has arrived.</summary>
    public async Task<byte[]> ComputeMd5(CancellationToken cancellationToken)
    {
#pragma warning disable CA5351 // Content-MD5 guards against accidents, not against people.
        using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
#pragma warning restore CA5351
        await ForEachChunk(
            chunk =>
            {
                md5.AppendData(chunk.Span);
                return ValueTask.CompletedTask;
            },
            cancellationToken);
        return md5.GetHashAndReset();
    }

    /// <summary>Hands over all bytes, from the first, through one buffer.</summary>
    /// <exception cref="UnreadableContentException">The stream fails, or ends before its announced length.</exception>
    public async Task ForEachChunk(Func<ReadOnlyMemory<byte>, ValueTask> take, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(ChunkBytes, Math.Max(length, 1)));
        try
        {
            for (long at = 0; at < length;)
            {
                var read = await Read(at, buffer, cancellationToken);
                await take(buffer.AsMemory(0, read));
                at += read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Waits for a read that is under way; there is none after it.</summary>
    public async ValueTask DisposeAsync()
    {
        await _turn.WaitAsync();
        _isOver = true;
        _turn.Release();
    }

    private async Task<int> Read(long at, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            ObjectDisposedException.ThrowIf(_isOver, this);
            content.Position = _start + at;
            var read = await content.ReadAsync(buffer[..(int)Math.Min(buffer.Length, length - at)], cancellationToken);
            return read > 0 ? read : throw new EndOfStreamException($"it ends {length - at} bytes before the announced length");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UnreadableContentException(error);
        }
        finally
        {
            _turn.Release();
        }
    }
}
