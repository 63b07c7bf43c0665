namespace OrleansTrain.Storage;

/// <summary>A parsed <c>s3://bucket/key</c> or <c>file:///path</c>. <see cref="Bucket"/> is null for a file. Immutable.</summary>
public sealed record ObjectUri(string? Bucket, string Key)
{
    /// <summary>Reads a URI; the key may be empty and loses a trailing '/'.</summary>
    /// <exception cref="ObjectStoreException">It is of no known kind, has no bucket, or has a key that could leave its store.</exception>
    public static ObjectUri Parse(string uri)
    {
        if (uri.StartsWith("s3://", StringComparison.OrdinalIgnoreCase))
        {
            var rest = uri["s3://".Length..];
            var slash = rest.IndexOf('/', StringComparison.Ordinal);
            var bucket = slash < 0 ? rest : rest[..slash];
            CheckBucket(bucket, uri);
            return new ObjectUri(bucket, Check(slash < 0 ? "" : rest[(slash + 1)..], uri));
        }

        if (uri.StartsWith("file:///", StringComparison.OrdinalIgnoreCase))
        {
            return new ObjectUri(null, Check(Uri.UnescapeDataString(uri["file:///".Length..]), uri));
        }

        throw new ObjectStoreException($"'{uri}' names no object store: expected s3://bucket/key or file:///folder.", ObjectStoreError.InvalidName);
    }

    /// <summary>A URI as it is, or the URI of a folder or file of this machine.</summary>
    public static string FromPathOrUri(string pathOrUri) => pathOrUri.Contains("://", StringComparison.Ordinal)
        ? pathOrUri
        : new Uri(Path.GetFullPath(pathOrUri)).AbsoluteUri;

    /// <summary>Refuses keys that a folder could not hold safely: empty, '.' or '..' parts, backslashes, control characters.</summary>
    internal static string Check(string key, string shown)
    {
        key = key.TrimEnd('/');
        if (key.Length == 0)
        {
            return key;
        }

        foreach (var part in key.Split('/'))
        {
            if (part is "" or "." or ".." || part.Contains('\\', StringComparison.Ordinal) || part.Any(char.IsControl))
            {
                throw new ObjectStoreException(
                    $"'{shown}' has a key that cannot be used: its part '{part}' is empty, '.', '..' or has a backslash or control character.",
                    ObjectStoreError.InvalidName);
            }
        }

        return key;
    }

    // The rules of S3 for new buckets; a folder of the local store keeps to them too, so that a dataset can move to a server.
    private static void CheckBucket(string bucket, string uri)
    {
        static bool Allowed(char c) => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '.';

        if (bucket.Length is < 3 or > 63 || !bucket.All(Allowed) || !char.IsAsciiLetterOrDigit(bucket[0]) || !char.IsAsciiLetterOrDigit(bucket[^1])
            || bucket.Contains("..", StringComparison.Ordinal))
        {
            throw new ObjectStoreException(
                $"'{uri}' has no usable bucket name: expected 3 to 63 lower case letters, digits, '-' or '.', found '{bucket}'.",
                ObjectStoreError.InvalidName);
        }
    }
}
