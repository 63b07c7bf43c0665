using OrleansTrain.Storage;
using OrleansTrain.Storage.Folder;

namespace OrleansTrain.Tracking;

/// <summary><c>s3://bucket/1/RUN/artifacts</c>: artifacts straight to the object store, as MLflow's own client does it.</summary>
/// <remarks>The content type of an upload is not kept: MLflow goes by names.</remarks>
public sealed class ObjectStoreArtifactTransport(IObjectStores stores) : IArtifactTransport
{
    /// <inheritdoc/>
    public string Scheme => "s3";

    /// <inheritdoc/>
    public Task<IReadOnlyList<MlflowArtifact>> ListAsync(Uri root, string path, CancellationToken cancellationToken) => Guard(isWrite: false, async () =>
    {
        var (store, key) = Resolve(root, path);
        var artifacts = new List<MlflowArtifact>();
        await foreach (var found in store.List(key + "/", cancellationToken))
        {
            var name = found.Key[(key.Length + 1)..];
            var slash = name.IndexOf('/', StringComparison.Ordinal);
            var shown = Join(path, slash < 0 ? name : name[..slash]);
            if (slash < 0)
            {
                artifacts.Add(new MlflowArtifact(shown, FileSize: found.Size));
            }
            else if (artifacts.Count == 0 || artifacts[^1].Path != shown)
            {
                artifacts.Add(new MlflowArtifact(shown, IsDir: true));
            }
        }

        return (IReadOnlyList<MlflowArtifact>)artifacts;
    });

    /// <inheritdoc/>
    public Task UploadAsync(
        Uri root, string path, Stream content, string contentType, CancellationToken cancellationToken) => Guard(isWrite: true, async () =>
    {
        var (store, key) = Resolve(root, path);
        if (content.CanSeek)
        {
            return await store.Write(key, content, content.Length - content.Position, cancellationToken);
        }

        // A store needs the length first, and may have to start again.
        await using var copy = new FileStream(
            Path.GetTempFileName(),
            FileMode.Truncate,
            FileAccess.ReadWrite,
            FileShare.None,
            bufferSize: 0,
            FileOptions.Asynchronous | FileOptions.DeleteOnClose);
        await content.CopyToAsync(copy, cancellationToken);
        copy.Position = 0;
        return await store.Write(key, copy, copy.Length, cancellationToken);
    });

    /// <inheritdoc/>
    public Task DownloadAsync(Uri root, string path, Stream destination, CancellationToken cancellationToken) => Guard(isWrite: false, async () =>
    {
        var (store, key) = Resolve(root, path);
        await using var content = await store.OpenRead(key, cancellationToken);
        await content.CopyToAsync(destination, cancellationToken);
        return true;
    });

    private (IObjectStore Store, string Key) Resolve(Uri root, string path)
    {
        var (store, key) = stores.Resolve(Join(root.OriginalString.TrimEnd('/'), path));
        return store is FolderObjectStore
            ? throw new MlflowException(
                $"The run's artifacts are on an S3 server ({root.OriginalString}), and none is configured here: "
                + "set AWS_ENDPOINT_URL_S3 (or MLFLOW_S3_ENDPOINT_URL), AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.")
            : (store, key);
    }

    private static string Join(string folder, string name) => folder.Length == 0 || name.Length == 0 ? folder + name : $"{folder}/{name}";

    private static async Task<T> Guard<T>(bool isWrite, Func<Task<T>> act)
    {
        try
        {
            return await act();
        }
        catch (ObjectStoreException exception)
        {
            throw new MlflowException(
                exception.Message, exception.Error == ObjectStoreError.NotFound ? MlflowErrorCodes.ResourceDoesNotExist : null, exception)
            {
                IsTransient = exception.Error is ObjectStoreError.Unavailable or ObjectStoreError.NoSpace,
                MayHaveBeenApplied = isWrite && exception.Error == ObjectStoreError.Unavailable,
            };
        }
    }
}
