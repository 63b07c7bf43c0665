using OrleansTrain.Tracking.Server;

namespace OrleansTrain.Tracking.Tests;

/// <summary>An embedded server on a folder of its own, with a client.</summary>
public sealed class EmbeddedServer : IAsyncLifetime, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private EmbeddedTrackingServer? _server;
    private MlflowClient? _client;

    public string Folder => _folder.Path;

    public Uri Uri => _server!.Uri;

    public MlflowClient Client => _client!;

    public async Task InitializeAsync()
    {
        _server = await EmbeddedTrackingServer.StartAsync(new EmbeddedTrackingOptions { DataFolder = _folder.Path });
        _client = new MlflowClient(new MlflowClientOptions { TrackingUri = _server.Uri });
    }

    public async Task<MlflowRun> NewRunAsync(string experiment, params MlflowTag[] tags) =>
        await Client.CreateRunAsync((await Client.GetOrCreateExperimentAsync(experiment)).ExperimentId, runName: null, DateTimeOffset.UnixEpoch, tags: tags);

    public async Task DisposeAsync()
    {
        _client?.Dispose();
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    public void Dispose() => _folder.Dispose();
}
