using OrleansTrain.Storage;
using OrleansTrain.Tests.Shared;

namespace OrleansTrain.Data.Tests.Storage;

public sealed class ObjectStoresTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task WithoutAServerABucketIsAFolder()
    {
        using var stores = new ObjectStores(ObjectStoreOptions.FromEnvironment(_folder.Path, _ => null));
        var (store, key) = stores.Resolve("s3://datasets/mnist/manifest.json");
        await stores.EnsureBucket("s3://datasets/mnist");
        await store.Write(key, new MemoryStream([1]), 1);
        Assert.True(File.Exists(Path.Combine(_folder.Path, "datasets", "mnist", "manifest.json")));
        var (files, path) = stores.Resolve($"file://{_folder.Path}/datasets/mnist/manifest.json");
        Assert.Equal(1, (await files.Stat(path))!.Value.Size);
    }

    [Theory]
    [InlineData("mnist")]
    [InlineData("http://x/y")]
    [InlineData("file://host/x")]
    [InlineData("s3://")]
    [InlineData("s3://UPPER/x")]
    [InlineData("s3://a_b/x")]
    [InlineData("s3://../x")]
    [InlineData("s3://bucket/../x")]
    [InlineData("file:///a/%2e%2e/b")]
    public void OtherUrisAreRefused(string uri)
    {
        using var stores = new ObjectStores(ObjectStoreOptions.FromEnvironment(_folder.Path, _ => null));
        var error = Assert.Throws<ObjectStoreException>(() => stores.Resolve(uri));
        Assert.Equal(ObjectStoreError.InvalidName, error.Error);
        Assert.Contains(uri, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TheEnvironmentIsRead()
    {
        var values = new Dictionary<string, string>
        {
            ["MLFLOW_S3_ENDPOINT_URL"] = "https://minio:9000/",
            ["AWS_ACCESS_KEY_ID"] = "id",
            ["AWS_SECRET_ACCESS_KEY"] = "secret",
            ["AWS_SESSION_TOKEN"] = "token",
            ["AWS_DEFAULT_REGION"] = "eu-west-1",
        };
        var options = ObjectStoreOptions.FromEnvironment("folder", values.GetValueOrDefault);
        Assert.Equal(
            ("https://minio:9000/", "id", "secret", "token", "eu-west-1"),
            (options.Endpoint!.ToString(), options.AccessKey, options.SecretKey, options.SessionToken, options.Region));
        values["AWS_ENDPOINT_URL_S3"] = "http://other:1";
        Assert.Equal("http://other:1/", ObjectStoreOptions.FromEnvironment("folder", values.GetValueOrDefault).Endpoint!.ToString());
    }

    [Theory]
    [InlineData("minio:9000", "id")]
    [InlineData("ftp://minio", "id")]
    [InlineData("http://minio/path", "id")]
    [InlineData("http://minio:9000", null)]
    public void AWrongEnvironmentIsRefused(string endpoint, string? key) => Assert.Throws<ObjectStoreException>(() =>
        ObjectStoreOptions.FromEnvironment("folder", name => name == "AWS_ENDPOINT_URL_S3" ? endpoint : name.StartsWith("AWS_", StringComparison.Ordinal) ? key : null));
}
