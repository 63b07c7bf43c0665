using System.Net.Http.Headers;
using Minio.DataModel.Args;

namespace OrleansTrain.Storage.S3;

// Writing.
internal sealed partial class S3ObjectStore
{
    /// <summary>Longer objects, and such that come from a stream that cannot be rewound, are uploaded by the SDK, in parts of 5 MB.</summary>
    internal const long LongestRequest = 1L << 30;

    // A server that refuses a large object says so before it is sent: afterwards its answer is often lost with the connection.
    private const long AskFirst = 1 << 20;

    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(1);

    // Who has cancelled does not wait through all retries for a server that is gone.
    private static readonly TimeSpan PatienceAfterCancel = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public Task<ObjectInfo> Write(string key, Stream content, long length, CancellationToken cancellationToken = default) => Guard(
        "write", key, token => content.CanSeek && length <= LongestRequest ? Put(key, content, length, token) : PutInParts(key, content, length, token), cancellationToken);

    /// <summary>In one request, which is repeated whole; the server compares the content's digest with what has arrived.</summary>
    private async Task<ObjectInfo> Put(string key, Stream content, long length, CancellationToken cancellationToken)
    {
        await using var source = new UploadSource(content, length);
        var md5 = await source.ComputeMd5(cancellationToken);
        return await connection.Retry.ExecuteAsync(
            async once =>
            {
                var url = await connection.Sdk.PresignedPutObjectAsync(new PresignedPutObjectArgs().WithBucket(bucket).WithObject(key).WithExpiry(PresignedSeconds));
                using var request = new HttpRequestMessage(HttpMethod.Put, url) { Content = new UploadBody(source) };
                request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
                request.Content.Headers.ContentMD5 = md5;
                request.Headers.ExpectContinue = length >= AskFirst;
                using var response = await connection.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, once);
                return new ObjectInfo(key, length, S3Response.ETag(response), DateTimeOffset.UtcNow);
            },
            cancellationToken);
    }

    private async Task<ObjectInfo> PutInParts(string key, Stream content, long length, CancellationToken token)
    {
        var begun = DateTimeOffset.UtcNow;
        await using var exact = new ExactLengthStream(content, length);
        var upload = new PutObjectArgs().WithBucket(bucket).WithObject(key).WithStreamData(exact).WithObjectSize(length);
        try
        {
            var written = await connection.Sdk.PutObjectAsync(upload, token);
            return new ObjectInfo(key, length, written.Etag.Trim('"'), DateTimeOffset.UtcNow);
        }
        catch (S3Fault fault) when (fault.Code == "NoSuchUpload" && length >= S3Response.MultipartFrom)
        {
            // The answer to the last request of an upload was lost: sent again, it finds the upload gone because the object is there.
            if (await Written(key, length, begun - ClockSkew, token) is { } whole)
            {
                return whole;
            }

            throw;
        }
        catch (Exception error) when ((S3Errors.IsStoreError(error) || error is OperationCanceledException) && length >= S3Response.MultipartFrom)
        {
            await RemoveParts(key, error);
            throw;
        }
    }

    /// <summary>The object, if it has this length and is not older than this.</summary>
    private async Task<ObjectInfo?> Written(string key, long length, DateTimeOffset since, CancellationToken cancellationToken)
    {
        try
        {
            return await Stat(key, cancellationToken) is { } found && found.Size == length && found.LastModified >= since ? found : null;
        }
        catch (ObjectStoreException)
        {
            // Nothing is known about it: the upload's own error is the one to report.
            return null;
        }
    }

    private async Task RemoveParts(string key, Exception uploadError)
    {
        using var limit = new CancellationTokenSource(uploadError is OperationCanceledException ? PatienceAfterCancel : Timeout.InfiniteTimeSpan);
        try
        {
            await connection.Sdk.RemoveIncompleteUploadAsync(new RemoveIncompleteUploadArgs().WithBucket(bucket).WithObject(key), limit.Token);
        }
        catch (Exception error) when (S3Errors.IsStoreError(error) || error is OperationCanceledException)
        {
            // The upload's own error is the one to report; a server that is gone cannot clean up either.
            uploadError.Data["cleanup"] = error.Message;
        }
    }
}
