using System.Net;

namespace OrleansTrain.Tracking.Http;

/// <summary>Body of an upload: the caller's stream from its current position, which stays the caller's to dispose.</summary>
internal sealed class UploadContent(Stream source, Action progress) : HttpContent
{
    private readonly long? _length = source.CanSeek ? source.Length - source.Position : null;

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        Transfer.SendAsync(source, stream, progress, cancellationToken);

    protected override bool TryComputeLength(out long length)
    {
        length = _length ?? 0;
        return _length is not null;
    }
}
