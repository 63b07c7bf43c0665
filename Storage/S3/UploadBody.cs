using System.Net;

namespace OrleansTrain.Storage.S3;

/// <summary>An upload as the body of one request, sent chunk by chunk: the SDK would hold all of it in an array on the large object heap.</summary>
internal sealed class UploadBody(UploadSource source) : HttpContent
{
    /// <summary>Called after each chunk: the server still takes them.</summary>
    public Action? Progress { get; set; }

    protected override bool TryComputeLength(out long length)
    {
        length = source.Length;
        return true;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) => source.ForEachChunk(
        async chunk =>
        {
            await stream.WriteAsync(chunk, cancellationToken);
            Progress?.Invoke();
        },
        cancellationToken);
}
