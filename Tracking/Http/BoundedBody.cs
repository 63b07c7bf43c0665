using System.Buffers;

namespace OrleansTrain.Tracking.Http;

/// <summary>Reads an answer whole, but never more of it than allowed.</summary>
internal static class BoundedBody
{
    private const int FirstBlock = 16 * 1024;

    /// <exception cref="HttpRequestException">The answer is longer than <paramref name="limit"/>.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpResponseMessage response, int limit, CancellationToken cancellationToken)
    {
        var body = await ReadPrefixAsync(response, limit, cancellationToken);
        return body.Length <= limit
            ? body
            : throw new HttpRequestException(HttpRequestError.ConfigurationLimitExceeded, $"the answer is longer than {limit} bytes");
    }

    /// <summary>At most <paramref name="limit"/> + 1 bytes, so that a caller sees whether there was more.</summary>
    public static async Task<ReadOnlyMemory<byte>> ReadPrefixAsync(HttpResponseMessage response, int limit, CancellationToken cancellationToken)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new ArrayBufferWriter<byte>(FirstBlock);
        while (buffer.WrittenCount <= limit)
        {
            var space = buffer.GetMemory(FirstBlock);
            var wanted = Math.Min(space.Length, limit + 1 - buffer.WrittenCount);
            var read = await stream.ReadAsync(space[..wanted], cancellationToken);
            if (read == 0)
            {
                break;
            }

            buffer.Advance(read);
        }

        return buffer.WrittenMemory;
    }
}
