namespace OrleansTrain.Storage;

/// <summary>
/// A flat store of named objects: a bucket of an S3 server, or a folder. Keys use '/' and never start with it.
/// Implementations are thread-safe.
/// </summary>
/// <remarks>
/// All members throw <see cref="ObjectStoreException"/>, whose message says which object of which store failed, why, and what to do.
/// Transient faults (connection loss, 5xx, 429) are retried inside the store before that.
/// </remarks>
public interface IObjectStore
{
    /// <summary>What this store is, for messages: <c>s3://bucket at http://host:9000</c> or a folder.</summary>
    string Description { get; }

    /// <summary>Size and ETag of one object, or null when there is none.</summary>
    Task<ObjectInfo?> Stat(string key, CancellationToken cancellationToken = default);

    /// <summary>All objects whose key starts with <paramref name="prefix"/>, in ordinal key order, fetched page by page.</summary>
    IAsyncEnumerable<ObjectInfo> List(string prefix, CancellationToken cancellationToken = default);

    /// <summary>
    /// Fills <paramref name="destination"/> with the object's bytes from <paramref name="offset"/>.
    /// Fails when the object is shorter, or when its ETag is no longer <paramref name="expectedETag"/>.
    /// </summary>
    Task ReadRange(string key, long offset, Memory<byte> destination, string? expectedETag = null, CancellationToken cancellationToken = default);

    /// <summary>Opens the whole object for sequential reading; the stream fails rather than ends early when the connection is cut.</summary>
    Task<Stream> OpenRead(string key, CancellationToken cancellationToken = default);

    /// <summary>
    /// Creates or replaces an object, all or nothing: a reader sees the old object or the whole new one.
    /// <paramref name="content"/> must be readable from its current position for <paramref name="length"/> bytes, and seekable to be retried.
    /// </summary>
    Task<ObjectInfo> Write(string key, Stream content, long length, CancellationToken cancellationToken = default);

    /// <summary>Deletes an object; deleting one that does not exist is no error.</summary>
    Task Delete(string key, CancellationToken cancellationToken = default);
}
