using System.Runtime.InteropServices;
using OrleansTrain.Tracking.Artifacts;

namespace OrleansTrain.Tracking;

public sealed partial class MlflowClient
{
    /// <inheritdoc/>
    public Task<IReadOnlyList<MlflowArtifact>> ListArtifactsAsync(
        MlflowRunInfo run, string path = "", CancellationToken cancellationToken = default)
    {
        var (transport, root) = _artifacts.For(run);
        return transport.ListAsync(root, path.Length == 0 ? path : ArtifactPath.Check(path), cancellationToken);
    }

    /// <inheritdoc/>
    public Task UploadArtifactAsync(
        MlflowRunInfo run,
        string path,
        Stream content,
        string contentType = MediaTypes.Binary,
        CancellationToken cancellationToken = default)
    {
        var (transport, root) = _artifacts.For(run);
        return transport.UploadAsync(root, ArtifactPath.Check(path), content, contentType, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task UploadArtifactAsync(
        MlflowRunInfo run,
        string path,
        ReadOnlyMemory<byte> content,
        string contentType = MediaTypes.Binary,
        CancellationToken cancellationToken = default)
    {
        var bytes = MemoryMarshal.TryGetArray(content, out var segment) ? segment : content.ToArray();
        using var stream = new MemoryStream(bytes.Array!, bytes.Offset, bytes.Count, writable: false);
        await UploadArtifactAsync(run, path, stream, contentType, cancellationToken);
    }

    /// <inheritdoc/>
    public Task DownloadArtifactAsync(MlflowRunInfo run, string path, Stream destination, CancellationToken cancellationToken = default)
    {
        var (transport, root) = _artifacts.For(run);
        return transport.DownloadAsync(root, ArtifactPath.Check(path), destination, cancellationToken);
    }
}
