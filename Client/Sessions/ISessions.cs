using OrleansTrain.Hosting;

namespace OrleansTrain.Client.Sessions;

/// <summary>Opens sessions: to the configured cluster, or of an embedded one when none is configured.</summary>
internal interface ISessions
{
    /// <summary>A cluster is configured (<c>ORLEANSTRAIN_REDIS</c>).</summary>
    bool HasCluster { get; }

    /// <summary>Connects to the cluster, or starts an embedded one in this process.</summary>
    Task<IClusterSession> OpenAsync(SessionOptions options, CancellationToken cancellationToken);

    /// <summary>Connects to what runs already: the cluster, or the embedded one of another process on the same home folder; null when nothing does.</summary>
    /// <param name="runId">The run to reach; null: any, the newest first.</param>
    Task<IClusterSession?> AttachAsync(string? runId, SessionOptions options, CancellationToken cancellationToken);

    /// <summary>Lets other processes attach to a run of an embedded session, until the result is disposed.</summary>
    IDisposable Announce(IClusterSession session, string runId);
}
