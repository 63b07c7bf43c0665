using OrleansTrain.Storage;
using static OrleansTrain.Data.Tests.Storage.ScriptedServer;

namespace OrleansTrain.Data.Tests.Storage;

/// <summary>Uploads that go wrong, in one request and in parts.</summary>
public sealed class S3UploadTests
{
    private const int Bytes = (5 << 20) + 1;
    private const string Part = "ETag: \"p\"\r\n";
    private const string Begun = "<InitiateMultipartUploadResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Bucket>bucket</Bucket><Key>key</Key><UploadId>u</UploadId></InitiateMultipartUploadResult>";
    private const string Unfinished = "<ListMultipartUploadsResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Bucket>bucket</Bucket><IsTruncated>false</IsTruncated>"
        + "<Upload><Key>key</Key><UploadId>u</UploadId><Initiated>2026-01-01T00:00:00Z</Initiated></Upload></ListMultipartUploadsResult>";

    private static string Stat(int length, DateTimeOffset written) =>
        With(206, "x", headers: $"ETag: \"v1\"\r\nContent-Range: bytes 0-0/{length}\r\nLast-Modified: {written:R}\r\n");

    [Fact]
    public async Task AnUploadWhoseLastAnswerWasLostIsWhole()
    {
        await using var server = new ScriptedServer(With(200, Begun), With(200, "", headers: Part), "", Error(404, "NoSuchUpload"), Stat(Bytes, DateTimeOffset.UtcNow));
        using var stores = new ObjectStores(server.Options());
        var written = await Write(stores, new OnceReadStream(new byte[Bytes]));
        Assert.Equal((Bytes, "v1"), (written.Size, written.ETag));
        Assert.Equal(5, server.Requests.Count);
    }

    [Theory]
    [InlineData(Bytes, -3600)]
    [InlineData(Bytes - 1, 0)]
    public async Task AnotherObjectInItsPlaceIsNotTheUpload(int length, int age)
    {
        await using var server = new ScriptedServer(With(200, Begun), With(200, "", headers: Part), Error(404, "NoSuchUpload"), Stat(length, DateTimeOffset.UtcNow.AddSeconds(age)));
        using var stores = new ObjectStores(server.Options());
        var error = await Assert.ThrowsAsync<ObjectStoreException>(() => Write(stores, new OnceReadStream(new byte[Bytes])));
        Assert.EndsWith("the server has dropped the upload, or somebody has aborted it; write it again.", error.Message, StringComparison.Ordinal);
        Assert.Equal(ObjectStoreError.Unavailable, error.Error);
    }

    [Fact]
    public async Task ACancelledUploadLeavesNoParts()
    {
        await using var server = new ScriptedServer(With(200, Begun), With(200, Unfinished), With(204, ""));
        using var stores = new ObjectStores(server.Options());
        using var cancel = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Write(stores, new CancellingStream(cancel), cancel.Token));
        Assert.Equal(["POST /bucket/key", "GET /bucket/", "DELETE /bucket/key"], server.Requests.Select(head => head.Split('?')[0]));
    }

    [Fact]
    public async Task ALostUploadIsSentAgainFromWhereItsContentStood()
    {
        await using var server = new ScriptedServer("", Error(503, "SlowDown"), Error(400, "BadDigest"), With(200, "", headers: "ETag: \"v1\"\r\n"));
        using var stores = new ObjectStores(server.Options());
        var written = await stores.Resolve("s3://bucket/key").Store.Write("key", new MemoryStream("0123456789"u8.ToArray()) { Position = 2 }, 5);
        Assert.Equal((5, "v1"), (written.Size, written.ETag));
        Assert.Equal(["23456", "23456", "23456", "23456"], server.Bodies);
        const string Md5 = "rcrsOAWqkSwNCxSoG+22/w==";
        Assert.All(server.Requests, head => Assert.Contains($"Content-MD5: {Md5}", head, StringComparison.Ordinal));
    }

    [Fact]
    public async Task ALargeObjectThatIsRefusedIsNotSent()
    {
        await using var server = new ScriptedServer(Error(507, "XMinioStorageFull"));
        using var stores = new ObjectStores(server.Options());
        var error = await Assert.ThrowsAsync<ObjectStoreException>(() => Write(stores, new MemoryStream(new byte[Bytes])));
        Assert.Equal(ObjectStoreError.NoSpace, error.Error);
        Assert.Equal([""], server.Bodies);
    }

    [Fact]
    public async Task ContentThatCannotBeReadIsSaidAndNotSentAgain()
    {
        await using var server = new ScriptedServer();
        using var stores = new ObjectStores(server.Options());
        var error = await Assert.ThrowsAsync<ObjectStoreException>(() => Write(stores, new MemoryStream(new byte[Bytes - 7])));
        Assert.EndsWith("the content cannot be read: it ends 7 bytes before the announced length.", error.Message, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    private static Task<ObjectInfo> Write(ObjectStores stores, Stream content, CancellationToken cancellationToken = default) =>
        stores.Resolve("s3://bucket/key").Store.Write("key", content, Bytes, cancellationToken);

    /// <summary>Cancels as soon as it is read.</summary>
    private sealed class CancellingStream(CancellationTokenSource cancel) : OnceReadStream(new byte[Bytes])
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await cancel.CancelAsync();
            return await base.ReadAsync(buffer, CancellationToken.None);
        }
    }
}
