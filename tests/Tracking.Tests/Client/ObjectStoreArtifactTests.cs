using OrleansTrain.Storage;
using OrleansTrain.Storage.Folder;

namespace OrleansTrain.Tracking.Tests.Client;

public sealed class ObjectStoreArtifactTests : IDisposable
{
    private static readonly MlflowRunInfo Run = new("r", "1", ArtifactUri: "s3://mlflow/1/r/artifacts");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Artifacts_on_s3_go_straight_there()
    {
        using var client = NewClient(new OneServer(new StoreOfServer(new FolderObjectStore(_folder.Path))));
        using var unseekable = new UnseekableStream("nested"u8.ToArray());

        await client.UploadArtifactAsync(Run, "top ü.txt", "top"u8.ToArray());
        await client.UploadArtifactAsync(Run, "model/data/x.bin", unseekable);
        await client.UploadArtifactAsync(Run, "model/MLmodel", "m"u8.ToArray());

        Assert.Equal("nested", await File.ReadAllTextAsync(Path.Combine(_folder.Path, "1/r/artifacts/model/data/x.bin")));
        Assert.Equal<MlflowArtifact>([new("model", IsDir: true), new("top ü.txt", FileSize: 3)], await client.ListArtifactsAsync(Run));
        Assert.Equal<MlflowArtifact>(
            [new("model/MLmodel", FileSize: 1), new("model/data", IsDir: true)], await client.ListArtifactsAsync(Run, "model"));
        using var read = new MemoryStream();
        await client.DownloadArtifactAsync(Run, "top ü.txt", read);
        Assert.Equal("top"u8.ToArray(), read.ToArray());
    }

    [Fact]
    public async Task A_missing_object_is_said_as_a_missing_resource()
    {
        using var client = NewClient(new OneServer(new StoreOfServer(new FolderObjectStore(_folder.Path))));

        var failure = await Assert.ThrowsAsync<MlflowException>(() => client.DownloadArtifactAsync(Run, "nope", Stream.Null));

        Assert.Equal(MlflowErrorCodes.ResourceDoesNotExist, failure.ErrorCode);
        Assert.False(failure.IsTransient);
    }

    [Fact]
    public async Task Without_an_S3_server_artifacts_are_not_put_into_a_local_folder()
    {
        using var stores = new ObjectStores(new ObjectStoreOptions { LocalFolder = _folder.Path });
        using var client = NewClient(stores);

        var failure = await Assert.ThrowsAsync<MlflowException>(() => client.UploadArtifactAsync(Run, "a", "a"u8.ToArray()));

        Assert.Contains("AWS_ENDPOINT_URL_S3", failure.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    private static MlflowClient NewClient(IObjectStores stores) =>
        new(new MlflowClientOptions { TrackingUri = new Uri("http://127.0.0.1:1/") }, [new ObjectStoreArtifactTransport(stores)]);

    private sealed class OneServer(IObjectStore store) : IObjectStores
    {
        public (IObjectStore Store, string Key) Resolve(string uri) => (store, ObjectUri.Parse(uri).Key);

        public Task EnsureBucket(string uri, CancellationToken cancellationToken = default) => Task.CompletedTask;
    }

    /// <summary>Files that count as a server's.</summary>
    private sealed class StoreOfServer(IObjectStore files) : IObjectStore
    {
        public string Description => "s3://mlflow";

        public Task<ObjectInfo?> Stat(string key, CancellationToken cancellationToken = default) => files.Stat(key, cancellationToken);

        public IAsyncEnumerable<ObjectInfo> List(string prefix, CancellationToken cancellationToken = default) => files.List(prefix, cancellationToken);

        public Task ReadRange(
            string key, long offset, Memory<byte> destination, string? expectedETag = null, CancellationToken cancellationToken = default) =>
            files.ReadRange(key, offset, destination, expectedETag, cancellationToken);

        public Task<Stream> OpenRead(string key, CancellationToken cancellationToken = default) => files.OpenRead(key, cancellationToken);

        public Task<ObjectInfo> Write(string key, Stream content, long length, CancellationToken cancellationToken = default) =>
            files.Write(key, content, length, cancellationToken);

        public Task Delete(string key, CancellationToken cancellationToken = default) => files.Delete(key, cancellationToken);
    }

    private sealed class UnseekableStream(byte[] content) : MemoryStream(content)
    {
        public override bool CanSeek => false;
    }
}
