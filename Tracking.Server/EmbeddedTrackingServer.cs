using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.Data.Sqlite;
using OrleansTrain.Tracking.Server.Artifacts;
using OrleansTrain.Tracking.Server.Database;
using OrleansTrain.Tracking.Server.Hosting;

namespace OrleansTrain.Tracking.Server;

/// <summary>
/// A tracking server within this process that answers as MLflow does, to our client and to MLflow's own: SQLite for what is logged, a
/// folder for artifacts, reached by its built-in proxy. Safe to use from several threads.
/// </summary>
public sealed class EmbeddedTrackingServer : IAsyncDisposable
{
    private const string DatabaseFile = "tracking.db";

    private readonly WebApplication _web;
    private readonly TrackingDatabase _database;

    private EmbeddedTrackingServer(WebApplication web, TrackingDatabase database, Uri uri)
    {
        _web = web;
        _database = database;
        Uri = uri;
    }

    /// <summary>Where this machine reaches the server; what <c>MLFLOW_TRACKING_URI</c> would say.</summary>
    public Uri Uri { get; }

    /// <summary>Starts the server; when this returns, it answers.</summary>
    /// <exception cref="TrackingServerException">The port is taken, the folder cannot be written, or the database is not ours.</exception>
    public static async Task<EmbeddedTrackingServer> StartAsync(EmbeddedTrackingOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var endpoint = ListenAddress.Parse(options.Host, options.Port);
        var (database, artifacts) = OpenFolder(options.DataFolder);
        var web = TrackingWebHost.Build(endpoint, options, database, artifacts);
        try
        {
            await web.StartAsync(cancellationToken);
            return new EmbeddedTrackingServer(web, database, ListenAddress.ToUri(endpoint, TrackingWebHost.BoundPort(web)));
        }
        catch (Exception exception)
        {
            await web.DisposeAsync();
            database.Close();
            throw exception is IOException { InnerException: AddressInUseException }
                ? new TrackingServerException(
                    $"The tracking server cannot listen on {endpoint}: the port is in use. Choose another port, or 0 for a free one.", exception)
                : exception is System.Net.Sockets.SocketException
                    ? new TrackingServerException($"The tracking server cannot listen on {endpoint}: {exception.Message}.", exception)
                    : exception;
        }
    }

    /// <summary>Lets requests finish for a moment, then stops.</summary>
    public async ValueTask DisposeAsync()
    {
        await _web.StopAsync();
        await _web.DisposeAsync();
        _database.Close();
    }

    private static (TrackingDatabase Database, ArtifactFolder Artifacts) OpenFolder(string folder)
    {
        try
        {
            var full = Path.GetFullPath(folder);
            Directory.CreateDirectory(full);
            return (new TrackingDatabase(Path.Combine(full, DatabaseFile)), new ArtifactFolder(full));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or SqliteException)
        {
            throw new TrackingServerException(
                $"The tracking folder '{folder}' cannot be used: {exception.Message.TrimEnd('.')}. It must be writable and have free space.", exception);
        }
    }
}
