using System.Net;
using System.Net.Sockets;
using System.Text;
using OrleansTrain.Storage;
using OrleansTrain.Tests.Shared;
using static OrleansTrain.Data.Tests.Storage.ScriptedServer;

namespace OrleansTrain.Data.Tests.Storage;

/// <summary>What happens when an S3 server fails, and what is said about it.</summary>
public sealed class S3FaultTests
{
    private const string Tag = "ETag: \"v1\"\r\n";

    [Fact]
    public async Task TransientFaultsAreRetried()
    {
        await using var server = new ScriptedServer(
            Error(503, "SlowDown"), Error(500, "InternalError"), Error(429, "TooManyRequests"), "", With(206, "data", headers: Tag + "Content-Range: bytes 2-5/9\r\n"));
        using var stores = new ObjectStores(server.Options());
        var bytes = new byte[4];
        await stores.Resolve("s3://bucket/key").Store.ReadRange("key", 2, bytes, "v1");
        Assert.Equal("data", Encoding.ASCII.GetString(bytes));
        Assert.Equal(5, server.Requests.Count);
        Assert.All(server.Requests, head => Assert.StartsWith("GET /bucket/key?", head, StringComparison.Ordinal));
    }

    [Fact]
    public async Task AnAnswerThatEndsEarlyIsReadAgain()
    {
        const string Headers = Tag + "Content-Range: bytes 0-3/4\r\n";
        await using var server = new ScriptedServer(With(206, "da", 4, Headers), With(206, "data", headers: Headers));
        using var stores = new ObjectStores(server.Options());
        var bytes = new byte[4];
        await stores.Resolve("s3://bucket/key").Store.ReadRange("key", 0, bytes);
        Assert.Equal("data", Encoding.ASCII.GetString(bytes));
    }

    [Fact]
    public async Task AStreamGoesOnWhereTheConnectionWasLost()
    {
        await using var server = new ScriptedServer(With(200, "0123", 10, Tag), With(206, "456789", headers: Tag + "Content-Range: bytes 4-9/10\r\n"));
        using var stores = new ObjectStores(server.Options());
        await using var stream = await stores.Resolve("s3://bucket/key").Store.OpenRead("key");
        using var reader = new StreamReader(stream);
        Assert.Equal("0123456789", await reader.ReadToEndAsync());
        Assert.Contains("Range: bytes=4-", server.Requests[1], StringComparison.Ordinal);
        Assert.Contains("If-Match: \"v1\"", server.Requests[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task AStreamNeverMixesTwoVersions()
    {
        await using var server = new ScriptedServer(
            With(200, "0123", 10, Tag), With(206, "456789", headers: "ETag: \"v2\"\r\nContent-Range: bytes 4-9/10\r\n"));
        using var stores = new ObjectStores(server.Options());
        await using var stream = await stores.Resolve("s3://bucket/key").Store.OpenRead("key");
        using var reader = new StreamReader(stream);
        var error = await Assert.ThrowsAsync<ObjectStoreException>(reader.ReadToEndAsync);
        Assert.Equal(ObjectStoreError.Changed, error.Error);
        Assert.Equal("s3://bucket/key has changed: expected version v1, found v2. Do not change data while it is used.", error.Message);
    }

    [Fact]
    public async Task ALostPageOfAListingIsFetchedAgain()
    {
        const string Page = "<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">{0}<Contents><Key>{1}</Key><Size>3</Size>"
            + "<ETag>&quot;e&quot;</ETag><LastModified>2026-01-01T00:00:00Z</LastModified></Contents></ListBucketResult>";
        var second = string.Format(null, Page, "", "b");
        await using var server = new ScriptedServer(
            With(200, string.Format(null, Page, "<NextContinuationToken>t</NextContinuationToken>", "a")), With(200, second[..20], second.Length), With(200, second));
        using var stores = new ObjectStores(server.Options());
        var keys = new List<string>();
        await foreach (var info in stores.Resolve("s3://bucket/x").Store.List(""))
        {
            keys.Add($"{info.Key} {info.Size} {info.ETag}");
        }

        Assert.Equal(["a 3 e", "b 3 e"], keys);
    }

    [Theory]
    [InlineData(403, "InvalidAccessKeyId", ObjectStoreError.AccessDenied, "the server does not know the access key; check AWS_ACCESS_KEY_ID")]
    [InlineData(403, "SignatureDoesNotMatch", ObjectStoreError.AccessDenied, "the secret key is wrong; check AWS_SECRET_ACCESS_KEY")]
    [InlineData(403, "RequestTimeTooSkewed", ObjectStoreError.AccessDenied, "this machine's clock and the server's differ too much; set the time on both")]
    [InlineData(403, "AccessDenied", ObjectStoreError.AccessDenied, "access denied (AccessDenied); check the keys and their rights on the bucket")]
    [InlineData(404, "NoSuchBucket", ObjectStoreError.NotFound, "there is no such bucket; create it or correct the URI")]
    [InlineData(404, "NoSuchKey", ObjectStoreError.NotFound, "there is no such object")]
    [InlineData(412, "PreconditionFailed", ObjectStoreError.Changed, "it has changed since it was listed; do not change data while it is used")]
    [InlineData(507, "XMinioStorageFull", ObjectStoreError.NoSpace, "the server has no space left for it")]
    public async Task RefusalsAreExplainedAndNotRetried(int status, string code, ObjectStoreError kind, string reason)
    {
        await using var server = new ScriptedServer(Error(status, code));
        using var stores = new ObjectStores(server.Options());
        var store = stores.Resolve("s3://bucket/key").Store;
        var error = await Assert.ThrowsAsync<ObjectStoreException>(() => store.ReadRange("key", 0, new byte[1]));
        Assert.Equal($"Cannot read s3://bucket/key at {server.Options().Endpoint!.GetLeftPart(UriPartial.Authority)}: {reason}.", error.Message);
        Assert.Equal(kind, error.Error);
        Assert.Single(server.Requests);
        Assert.DoesNotContain("secret-never-shown", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AServerThatKeepsFailingIsGivenUp()
    {
        await using var server = new ScriptedServer(Error(503, "SlowDown"), Error(503, "SlowDown"), Error(503, "SlowDown"));
        using var stores = new ObjectStores(server.Options(retries: 2));
        var error = await Assert.ThrowsAsync<ObjectStoreException>(() => stores.Resolve("s3://bucket/key").Store.Delete("key"));
        Assert.Equal(ObjectStoreError.Unavailable, error.Error);
        Assert.EndsWith("the server keeps failing (503 SlowDown: said so).", error.Message, StringComparison.Ordinal);
        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public async Task AnUnreachableServerIsNamed()
    {
        using var port = new Socket(SocketType.Stream, ProtocolType.Tcp);
        port.Bind(new IPEndPoint(IPAddress.Loopback, 0)); // bound but not listening: refuses
        using var stores = new ObjectStores(new ObjectStoreOptions
        {
            LocalFolder = "unused",
            Endpoint = new Uri($"http://{port.LocalEndPoint}"),
            AccessKey = "k",
            SecretKey = "s",
            Retries = 1,
            RetryDelay = TimeSpan.FromMilliseconds(1),
        });
        var error = await Assert.ThrowsAsync<ObjectStoreException>(() => stores.Resolve("s3://bucket/key").Store.Stat("key"));
        Assert.Equal(ObjectStoreError.Unavailable, error.Error);
        Assert.Contains($"{port.LocalEndPoint}: the server cannot be reached (Connection refused", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AResetAtAnyMomentIsAnUnavailableServer()
    {
        await using var server = new ResettingServer();
        using var stores = new ObjectStores(new ObjectStoreOptions { LocalFolder = "unused", Endpoint = server.Uri, AccessKey = "k", SecretKey = "s", Retries = 0 });
        var store = stores.Resolve("s3://bucket/key").Store;
        for (var i = 0; i < 1500; i++)
        {
            var read = await Assert.ThrowsAsync<ObjectStoreException>(() => store.ReadRange("key", 0, new byte[1]));
            var written = await Assert.ThrowsAsync<ObjectStoreException>(() => store.Write("key", new MemoryStream([1]), 1));
            Assert.Equal((ObjectStoreError.Unavailable, ObjectStoreError.Unavailable), (read.Error, written.Error));
        }
    }
}
