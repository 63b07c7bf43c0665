namespace OrleansTrain.Tracking.Server;

/// <summary>The embedded tracking server cannot start. The message is one line that says what to change.</summary>
public sealed class TrackingServerException : Exception
{
    public TrackingServerException(string message)
        : base(message)
    {
    }

    public TrackingServerException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
