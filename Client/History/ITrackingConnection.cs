using OrleansTrain.Tracking;

namespace OrleansTrain.Client.History;

/// <summary>An MLflow server to ask. Closing it stops the server if it was started for this.</summary>
internal interface ITrackingConnection : IAsyncDisposable
{
    IMlflowClient Mlflow { get; }
}
