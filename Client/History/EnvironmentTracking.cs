using OrleansTrain.Client.Sessions;
using OrleansTrain.Tracking;
using OrleansTrain.Tracking.Server;

namespace OrleansTrain.Client.History;

/// <summary>The server that <c>MLFLOW_TRACKING_URI</c> names, or an embedded one over the home folder for as long as the connection is open.</summary>
internal sealed class EnvironmentTracking(HomeFolder home) : ITrackingAccess
{
    public async Task<ITrackingConnection> OpenAsync(CancellationToken cancellationToken)
    {
        if (MlflowClientOptions.FromEnvironment() is { } configured)
        {
            return new Connection(new MlflowClient(configured), server: null);
        }

        home.Prepare();
        var server = await EmbeddedTrackingServer.StartAsync(new EmbeddedTrackingOptions { DataFolder = home.Tracking }, cancellationToken);
        return new Connection(new MlflowClient(new MlflowClientOptions { TrackingUri = server.Uri }), server);
    }

    private sealed class Connection(MlflowClient mlflow, EmbeddedTrackingServer? server) : ITrackingConnection
    {
        public IMlflowClient Mlflow => mlflow;

        public async ValueTask DisposeAsync()
        {
            mlflow.Dispose();
            if (server is not null)
            {
                await server.DisposeAsync();
            }
        }
    }
}
