using System.Globalization;
using System.Net;

namespace OrleansTrain.Storage.S3;

/// <summary>Reads the headers of an answer to a GET and compares them with what was asked.</summary>
internal static class S3Response
{
    /// <summary>Length from which the SDK uploads in parts.</summary>
    public const long MultipartFrom = 5 << 20;

    /// <summary>What the answer to a GET of the first byte says about the whole object.</summary>
    public static ObjectInfo Describe(string key, HttpResponseMessage response)
    {
        // An empty object has no first byte: servers answer 416, or 200 with nothing in it, or 206 with an impossible range.
        var size = response.StatusCode switch
        {
            HttpStatusCode.PartialContent => TotalLength(response),
            HttpStatusCode.RequestedRangeNotSatisfiable => 0,
            _ => response.Content.Headers.ContentLength ?? 0,
        };
        return new ObjectInfo(key, size, ETag(response), response.Content.Headers.LastModified ?? DateTimeOffset.UnixEpoch);
    }

    /// <exception cref="ObjectStoreException">The object is shorter than what was asked, or another one than expected.</exception>
    public static void CheckRange(string uri, HttpResponseMessage response, long offset, long length, string? expectedETag)
    {
        var range = response.Content.Headers.ContentRange;
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            throw TooShort(uri, offset + length, range?.Length);
        }

        if (expectedETag is not null && ETag(response) != expectedETag)
        {
            throw new ObjectStoreException(
                $"{uri} has changed: expected version {expectedETag}, found {ETag(response)}. Do not change data while it is used.", ObjectStoreError.Changed);
        }

        var (from, to) = response.StatusCode == HttpStatusCode.PartialContent
            ? (range?.From ?? -1, range?.To ?? -1)
            : (0, (response.Content.Headers.ContentLength ?? 0) - 1);
        if (from != offset || (to != offset + length - 1 && response.StatusCode == HttpStatusCode.PartialContent) || to < offset + length - 1)
        {
            throw TooShort(uri, offset + length, response.StatusCode == HttpStatusCode.PartialContent ? range?.Length ?? to + 1 : to + 1);
        }
    }

    public static string ETag(HttpResponseMessage response) =>
        response.Headers.ETag?.Tag.Trim('"') ?? (response.Headers.TryGetValues("ETag", out var values) ? values.First().Trim('"') : "");

    private static long TotalLength(HttpResponseMessage response)
    {
        var range = response.Content.Headers.TryGetValues("Content-Range", out var values) ? values.First() : "";
        return long.TryParse(range[(range.IndexOf('/', StringComparison.Ordinal) + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var length)
            ? length
            : throw new IOException($"the answer has no usable Content-Range: '{range}'");
    }

    private static ObjectStoreException TooShort(string uri, long expected, long? found) =>
        new($"{uri} is too short: expected {expected} bytes, found {found?.ToString(CultureInfo.InvariantCulture) ?? "fewer"}.", ObjectStoreError.Changed);
}
