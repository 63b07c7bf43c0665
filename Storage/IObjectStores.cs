namespace OrleansTrain.Storage;

/// <summary>Finds the store that a URI names. Thread-safe; stores are created once and shared.</summary>
public interface IObjectStores
{
    /// <summary>
    /// <c>s3://bucket/prefix</c>: the configured S3 server, or a folder under the local store when none is configured;
    /// <c>file:///folder/prefix</c>: that folder.
    /// </summary>
    /// <returns>The store, and the key or key prefix inside it (no leading '/').</returns>
    /// <exception cref="ObjectStoreException">The URI is of no known kind or its key escapes the store.</exception>
    (IObjectStore Store, string Key) Resolve(string uri);

    /// <summary>Creates the bucket that the URI names unless it exists; for a folder there is nothing to do.</summary>
    /// <exception cref="ObjectStoreException">The bucket does not exist and must not be created with these keys.</exception>
    Task EnsureBucket(string uri, CancellationToken cancellationToken = default);
}
