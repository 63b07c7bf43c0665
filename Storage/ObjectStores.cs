using System.Collections.Concurrent;
using OrleansTrain.Storage.Folder;
using OrleansTrain.Storage.S3;

namespace OrleansTrain.Storage;

/// <summary>The stores of a process: one S3 server or local folder for <c>s3://</c>, and the file system for <c>file:///</c>. Thread-safe.</summary>
public sealed class ObjectStores : IObjectStores, IDisposable
{
    private readonly ObjectStoreOptions _options;
    private readonly S3Connection? _connection;
    private readonly ConcurrentDictionary<string, IObjectStore> _buckets = new(StringComparer.Ordinal);
    private readonly FolderObjectStore _files = new(Path.GetPathRoot(Path.GetFullPath("/"))!);

    /// <summary>Connects lazily: nothing is contacted before the first call of a store.</summary>
    /// <exception cref="ObjectStoreException">The options name a server but no keys.</exception>
    public ObjectStores(ObjectStoreOptions options)
    {
        _options = options.Checked();
        _connection = options.Endpoint is null ? null : new S3Connection(options);
    }

    /// <inheritdoc/>
    public (IObjectStore Store, string Key) Resolve(string uri)
    {
        var parsed = ObjectUri.Parse(uri);
        return (parsed.Bucket is null ? _files : _buckets.GetOrAdd(parsed.Bucket, Open), parsed.Key);
    }

    /// <inheritdoc/>
    public async Task EnsureBucket(string uri, CancellationToken cancellationToken = default)
    {
        if (Resolve(uri).Store is S3ObjectStore bucket)
        {
            await bucket.EnsureBucket(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _connection?.Dispose();

    private IObjectStore Open(string bucket) => _connection is not null
        ? new S3ObjectStore(_connection, bucket)
        : new FolderObjectStore(Path.Combine(Path.GetFullPath(_options.LocalFolder), bucket));
}
