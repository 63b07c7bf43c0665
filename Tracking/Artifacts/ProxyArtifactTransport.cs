using OrleansTrain.Tracking.Http;
using OrleansTrain.Tracking.Wire;

namespace OrleansTrain.Tracking.Artifacts;

/// <summary>
/// <c>mlflow-artifacts:/1/RUN/artifacts</c>: artifacts through the tracking server, or, when the URI names a host, through that server
/// (without our credentials if it is another one).
/// </summary>
internal sealed class ProxyArtifactTransport(MlflowTransport transport) : IArtifactTransport
{
    private const string Artifacts = "api/2.0/mlflow-artifacts/artifacts";

    public string Scheme => "mlflow-artifacts";

    public async Task<IReadOnlyList<MlflowArtifact>> ListAsync(Uri root, string path, CancellationToken cancellationToken)
    {
        var folder = Uri.UnescapeDataString(root.AbsolutePath).Trim('/') + (path.Length == 0 ? "" : "/" + path);
        var answer = await transport.GetAsync(
            $"{Server(root)}{Artifacts}?path={Uri.EscapeDataString(folder)}", MlflowJson.Default.ListArtifactsResponse, cancellationToken);
        return [.. (answer.Files ?? []).Select(file => file with { Path = path.Length == 0 ? file.Path : $"{path}/{file.Path}" })];
    }

    public Task UploadAsync(Uri root, string path, Stream content, string contentType, CancellationToken cancellationToken) =>
        transport.UploadAsync(Address(root, path), content, contentType, cancellationToken);

    public Task DownloadAsync(Uri root, string path, Stream destination, CancellationToken cancellationToken) =>
        transport.DownloadAsync(Address(root, path), destination, cancellationToken);

    private Uri Address(Uri root, string path) =>
        new($"{Server(root)}{Artifacts}/{root.AbsolutePath.Trim('/')}/{ArtifactPath.Escape(path)}");

    private string Server(Uri root) =>
        root.Host.Length == 0 ? transport.Endpoint.BaseAddress.AbsoluteUri : $"{transport.Endpoint.BaseAddress.Scheme}://{root.Authority}/";
}
