using System.IO.Compression;
using OrleansTrain.Data.Blocks;
using OrleansTrain.Data.Reading;

namespace OrleansTrain.Data.Idx;

/// <summary>Reads whole IDX files, plain or gzip, and compares every length with what the header says.</summary>
internal static class IdxStream
{
    // Deflate packs at most 1032 bytes into one; with the header's overhead no honest file comes near this.
    private const int HighestRatio = 1100;

    /// <summary>The header, after comparing what it claims with the object's size.</summary>
    public static async Task<IdxHeader> ReadHeader(DatasetLocation location, string key, long size, bool gzip, CancellationToken cancellationToken)
    {
        var name = location.Name(key);
        await using var stream = await Open(location, key, gzip, cancellationToken);
        var start = new byte[IdxHeader.LongestLength];
        var header = IdxHeader.Read(start.AsSpan(0, await ReadUpTo(stream, start, name, 0, IdxHeader.LongestLength, cancellationToken)), name);
        if (!gzip && header.TotalLength != size)
        {
            throw new DatasetException($"{name} is {(size < header.TotalLength ? "truncated" : "too long")}: expected {header.TotalLength} bytes, found {size}.");
        }

        return gzip && header.TotalLength > size * HighestRatio
            ? throw new DatasetException($"{name} claims {header.TotalLength} bytes out of {size} packed ones: its header is corrupt.")
            : header;
    }

    /// <summary>All records of a gzip'd file, in memory that the caller disposes.</summary>
    public static async Task<NativeBuffer> Unpack(DatasetLocation location, string key, IdxHeader header, CancellationToken cancellationToken)
    {
        var name = location.Name(key);
        await using var stream = await Open(location, key, gzip: true, cancellationToken);
        var buffer = new NativeBuffer(checked((int)(header.TotalLength - header.Length)));
        try
        {
            var found = (long)await ReadUpTo(stream, new byte[header.Length], name, 0, header.TotalLength, cancellationToken);
            found += await ReadUpTo(stream, buffer.Memory, name, found, header.TotalLength, cancellationToken);
            found += await ReadUpTo(stream, new byte[1], name, found, header.TotalLength, cancellationToken);
            return found == header.TotalLength
                ? buffer
                : throw new DatasetException(found < header.TotalLength
                    ? $"{name} is truncated: expected {header.TotalLength} bytes unpacked, found {found}."
                    : $"{name} is too long: expected {header.TotalLength} bytes unpacked, found more.");
        }
        catch
        {
            ((IDisposable)buffer).Dispose();
            throw;
        }
    }

    private static async Task<Stream> Open(DatasetLocation location, string key, bool gzip, CancellationToken cancellationToken)
    {
        var stream = await location.Store.OpenRead(key, cancellationToken);
        return gzip ? new GZipStream(stream, CompressionMode.Decompress) : stream;
    }

    private static async Task<int> ReadUpTo(Stream stream, Memory<byte> buffer, string name, long before, long expected, CancellationToken cancellationToken)
    {
        var done = 0;
        try
        {
            while (done < buffer.Length)
            {
                var read = await stream.ReadAsync(buffer[done..], cancellationToken);
                if (read == 0)
                {
                    break;
                }

                done += read;
            }

            return done;
        }
        catch (InvalidDataException error)
        {
            throw new DatasetException(
                $"{name} is truncated or corrupt: expected {expected} bytes unpacked, found {before + done} before its gzip stream breaks ({error.Message.TrimEnd('.')}).", error);
        }
    }
}
