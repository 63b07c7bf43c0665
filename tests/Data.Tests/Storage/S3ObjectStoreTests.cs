using OrleansTrain.Storage;
using OrleansTrain.Tests.Shared;

namespace OrleansTrain.Data.Tests.Storage;

/// <summary>The contract against a real S3 server, and what only a server has: buckets and keys.</summary>
public sealed class S3ObjectStoreTests(S3Server server) : ObjectStoreContract, IClassFixture<S3Server>, IAsyncLifetime
{
    private readonly ObjectStores _stores = new(server.Options);

    private protected override IObjectStore Store => _stores.Resolve("s3://contract/x").Store;

    public Task InitializeAsync() => _stores.EnsureBucket("s3://contract");

    public Task DisposeAsync()
    {
        _stores.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task ABucketIsCreatedOnce()
    {
        await _stores.EnsureBucket("s3://made-here/some/prefix");
        await _stores.EnsureBucket("s3://made-here");
        Assert.Null(await _stores.Resolve("s3://made-here/x").Store.Stat("x"));
    }

    [Fact]
    public async Task AMissingBucketIsNamed()
    {
        var error = await Assert.ThrowsAsync<ObjectStoreException>(() => _stores.Resolve("s3://not-there/x").Store.Stat("x"));
        Assert.Equal(ObjectStoreError.NotFound, error.Error);
        Assert.Contains("s3://not-there/x", error.Message, StringComparison.Ordinal);
        Assert.Contains("there is no such bucket", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AWrongKeyIsSaid()
    {
        using var stores = new ObjectStores(new ObjectStoreOptions { LocalFolder = "unused", Endpoint = server.Endpoint, AccessKey = "wrong", SecretKey = S3Server.Key });
        var error = await Assert.ThrowsAsync<ObjectStoreException>(() => stores.Resolve("s3://contract/x").Store.Stat("x"));
        Assert.Equal(ObjectStoreError.AccessDenied, error.Error);
        Assert.Contains("check AWS_ACCESS_KEY_ID", error.Message, StringComparison.Ordinal);
    }
}
