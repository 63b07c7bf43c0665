using OrleansTrain.Data.Blocks;

namespace OrleansTrain.Data.Reading;

/// <summary>Fetches parts of objects into native memory.</summary>
internal static class ObjectReads
{
    private const int Piece = 8 << 20;

    /// <summary>Fills the start of <paramref name="buffer"/> with a part; large ones by several ranged GETs at once.</summary>
    public static Task Fetch(this DatasetLocation location, ObjectPart part, Memory<byte> buffer, int parallel, CancellationToken cancellationToken)
    {
        var etag = part.ETag.Length > 0 ? part.ETag : null;
        var pieces = (int)((part.Length + Piece - 1) / Piece);
        return pieces <= 1
            ? location.Store.ReadRange(part.Key, part.Offset, buffer[..(int)part.Length], etag, cancellationToken)
            : Parallel.ForAsync(0, pieces, new ParallelOptions { MaxDegreeOfParallelism = parallel, CancellationToken = cancellationToken }, async (i, token) =>
            {
                var from = i * Piece;
                var length = (int)Math.Min(Piece, part.Length - from);
                await location.Store.ReadRange(part.Key, part.Offset + from, buffer.Slice(from, length), etag, token);
            });
    }

    /// <summary>A part in memory of its own; the caller disposes it.</summary>
    public static async Task<NativeBuffer> Fetch(this DatasetLocation location, ObjectPart part, int parallel, CancellationToken cancellationToken)
    {
        var buffer = new NativeBuffer(checked((int)part.Length));
        try
        {
            await location.Fetch(part, buffer.Memory, parallel, cancellationToken);
            return buffer;
        }
        catch
        {
            ((IDisposable)buffer).Dispose();
            throw;
        }
    }
}
