namespace OrleansTrain.Client.Sessions;

/// <summary>A way to the grains: a silo in this process, or a connection to a cluster. Closing it ends what it started.</summary>
internal interface IClusterSession : IAsyncDisposable
{
    IGrainFactory Grains { get; }

    /// <summary><c>embedded</c> or <c>cluster</c>.</summary>
    string Mode { get; }

    /// <summary>Address of the MLflow server that the runs are tracked by, without credentials.</summary>
    string TrackingUri { get; }
}
