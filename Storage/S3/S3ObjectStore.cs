using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using Minio.DataModel.Args;

namespace OrleansTrain.Storage.S3;

/// <summary>
/// One bucket of an S3 server, path style. Thread-safe.
/// Listing and deleting go through the Minio SDK. Reading does not: its GET sends a HEAD first, fails on every range (minio-dotnet#1342) and may end
/// early without an error (#1251), so objects are fetched by the SDK's presigned URLs, with every length compared. Nor does writing, up to
/// <see cref="LongestRequest"/>.
/// </summary>
internal sealed partial class S3ObjectStore(S3Connection connection, string bucket) : IObjectStore
{
    private const int PresignedSeconds = 3600;

    /// <inheritdoc/>
    public string Description => $"s3://{bucket} at {connection.Endpoint.GetLeftPart(UriPartial.Authority)}";

    /// <inheritdoc/>
    public async Task<ObjectInfo?> Stat(string key, CancellationToken cancellationToken = default)
    {
        try
        {
            // A GET of one byte says what a HEAD would, and unlike a HEAD it also says why it was refused.
            return await Guard<ObjectInfo?>("read", key, token => connection.Retry.ExecuteAsync(async once =>
            {
                using var response = await Get(key, new RangeHeaderValue(0, 0), null, once);
                return (ObjectInfo?)S3Response.Describe(key, response);
            }, token).AsTask(), cancellationToken);
        }
        catch (ObjectStoreException error) when (error.InnerException is S3Fault { Status: HttpStatusCode.NotFound, Code: not "NoSuchBucket" })
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ObjectInfo> List(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var pages = connection.Sdk.ListObjectsEnumAsync(new ListObjectsArgs().WithBucket(bucket).WithPrefix(prefix).WithRecursive(true), cancellationToken);
        await using var items = pages.GetAsyncEnumerator(cancellationToken);
        while (await Guard("list", prefix, async _ => await items.MoveNextAsync(), cancellationToken))
        {
            var item = items.Current;
            var written = DateTimeOffset.Parse(item.LastModified, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
            yield return new ObjectInfo(item.Key, checked((long)item.Size), item.ETag, written);
        }
    }

    /// <inheritdoc/>
    public Task ReadRange(string key, long offset, Memory<byte> destination, string? expectedETag = null, CancellationToken cancellationToken = default) =>
        destination.Length == 0 ? Task.CompletedTask : Guard("read", key, token => connection.Retry.ExecuteAsync(async once =>
        {
            using var response = await Get(key, new RangeHeaderValue(offset, offset + destination.Length - 1), expectedETag, once);
            S3Response.CheckRange(Uri(key), response, offset, destination.Length, expectedETag);
            await using var body = new PatientStream(await response.Content.ReadAsStreamAsync(once), connection.RequestTimeout);
            await body.ReadExactlyAsync(destination, once);
            return true;
        }, token).AsTask(), cancellationToken);

    /// <inheritdoc/>
    public Task<Stream> OpenRead(string key, CancellationToken cancellationToken = default) => Guard<Stream>("read", key, async token =>
    {
        var reader = new S3ReadStream(this, connection, key);
        await reader.Open(token);
        return reader;
    }, cancellationToken);

    /// <inheritdoc/>
    public Task Delete(string key, CancellationToken cancellationToken = default) => Guard("delete", key, async token =>
    {
        await connection.Sdk.RemoveObjectAsync(new RemoveObjectArgs().WithBucket(bucket).WithObject(key), token);
        return true;
    }, cancellationToken);

    /// <summary>Creates the bucket unless it exists.</summary>
    public async Task EnsureBucket(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var _ in List("", cancellationToken))
            {
                return;
            }
        }
        catch (ObjectStoreException error) when (error.InnerException is S3Fault { Code: "NoSuchBucket" })
        {
            await Guard("create", "", async token =>
            {
                await connection.Sdk.MakeBucketAsync(new MakeBucketArgs().WithBucket(bucket), token);
                return true;
            }, cancellationToken, taken: "BucketAlreadyOwnedByYou");
        }
    }

    /// <summary>One GET, not retried; the caller reads and disposes the answer.</summary>
    internal async Task<HttpResponseMessage> Get(string key, RangeHeaderValue? range, string? expectedETag, CancellationToken cancellationToken)
    {
        var url = await connection.Sdk.PresignedGetObjectAsync(new PresignedGetObjectArgs().WithBucket(bucket).WithObject(key).WithExpiry(PresignedSeconds));
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.Range = range;
        if (expectedETag is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", $"\"{expectedETag}\"");
        }

        return await connection.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    /// <summary>The object's URI, for messages.</summary>
    internal string Uri(string key) => $"s3://{bucket}/{key}";

    private async Task<T> Guard<T>(string verb, string key, Func<CancellationToken, Task<T>> action, CancellationToken cancellationToken, string? taken = null)
    {
        try
        {
            return await action(cancellationToken);
        }
        catch (S3Fault fault) when (taken is not null && fault.Code == taken)
        {
            return default!;
        }
        catch (Exception error) when (S3Errors.IsStoreError(error))
        {
            throw S3Errors.Translate(error, verb, Uri(key), connection.Endpoint);
        }
    }
}
