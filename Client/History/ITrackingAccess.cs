namespace OrleansTrain.Client.History;

/// <summary>Opens the way to the MLflow server that holds the runs: the configured one, or the embedded one over the home folder.</summary>
internal interface ITrackingAccess
{
    Task<ITrackingConnection> OpenAsync(CancellationToken cancellationToken);
}
