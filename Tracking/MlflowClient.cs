using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using OrleansTrain.Tracking.Artifacts;
using OrleansTrain.Tracking.Http;

namespace OrleansTrain.Tracking;

/// <inheritdoc cref="IMlflowClient"/>
public sealed partial class MlflowClient : IMlflowClient, IDisposable
{
    private const string Api = "api/2.0/mlflow/";

    private readonly MlflowTransport _transport;
    private readonly ArtifactRouter _artifacts;
    private readonly ILogger _logger;

    /// <param name="artifactTransports">For runs whose artifacts do not go through the tracking server (<c>s3://</c>).</param>
    /// <param name="logger">Told of values that MLflow cannot keep whole. Never told values or credentials.</param>
    /// <param name="handler">Carries the requests instead of sockets of our own; stays the caller's to dispose.</param>
    public MlflowClient(
        MlflowClientOptions options,
        IEnumerable<IArtifactTransport>? artifactTransports = null,
        ILogger<MlflowClient>? logger = null,
        HttpMessageHandler? handler = null,
        TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _transport = new MlflowTransport(
            options,
            handler is null ? HttpConnection.CreateHandler(options) : new BorrowedHandler(handler),
            timeProvider ?? TimeProvider.System);
        _artifacts = new ArtifactRouter([new ProxyArtifactTransport(_transport), .. artifactTransports ?? []]);
        _logger = logger ?? NullLogger<MlflowClient>.Instance;
    }

    /// <inheritdoc/>
    public Uri TrackingUri => _transport.Endpoint.BaseAddress;

    /// <inheritdoc/>
    public Task CheckHealthAsync(CancellationToken cancellationToken = default) => _transport.GetTextAsync("health", cancellationToken);

    /// <inheritdoc/>
    public async Task<string> GetVersionAsync(CancellationToken cancellationToken = default)
    {
        const int longest = 64;
        var version = await _transport.GetTextAsync("version", cancellationToken);
        return version.Length is > 0 and <= longest && char.IsAsciiDigit(version[0])
            ? version
            : throw new MlflowException($"What answers at {TrackingUri} is not an MLflow server: its /version is not a version number.");
    }

    /// <inheritdoc/>
    public void Dispose() => _transport.Dispose();

    private static string Query(string name, string value) => $"{name}={Uri.EscapeDataString(value)}";
}
