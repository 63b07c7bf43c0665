using System.Globalization;
using System.Text;

namespace OrleansTrain.Harness.Proxy;

/// <summary>As much of HTTP as it takes to know where a request ends.</summary>
internal static class HttpRequest
{
    /// <summary>Reads one request and forgets it.</summary>
    public static async Task Skip(Stream stream)
    {
        var length = 0L;
        var isChunked = false;
        while (await ReadLine(stream) is { Length: > 0 } line)
        {
            if (line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))
            {
                length = long.Parse(line["Content-Length:".Length..], CultureInfo.InvariantCulture);
            }
            else if (line.StartsWith("Expect:", StringComparison.OrdinalIgnoreCase))
            {
                await stream.WriteAsync("HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray());
            }

            isChunked |= line.StartsWith("Transfer-Encoding:", StringComparison.OrdinalIgnoreCase);
        }

        if (isChunked)
        {
            while (await ReadLine(stream) is { Length: > 0 } size && long.Parse(size, NumberStyles.HexNumber, CultureInfo.InvariantCulture) is > 0 and var chunk)
            {
                await SkipBytes(stream, chunk + 2);
            }

            await ReadLine(stream);
            return;
        }

        await SkipBytes(stream, length);
    }

    private static async Task SkipBytes(Stream stream, long count)
    {
        var buffer = new byte[32 * 1024];
        while (count > 0)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, count)));
            count -= read > 0 ? read : throw new EndOfStreamException("The request ended early.");
        }
    }

    private static async Task<string> ReadLine(Stream stream)
    {
        var line = new StringBuilder();
        var one = new byte[1];
        while (await stream.ReadAsync(one) == 1 && one[0] != '\n')
        {
            line.Append((char)one[0]);
        }

        return line.ToString().TrimEnd('\r');
    }
}
