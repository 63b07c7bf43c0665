using System.Net;

namespace OrleansTrain.Tracking;

/// <summary>A call to MLflow that did not succeed. The message is one line and holds no secret.</summary>
public sealed class MlflowException : Exception
{
    public MlflowException(string message)
        : this(message, errorCode: null)
    {
    }

    public MlflowException(string message, Exception innerException)
        : this(message, errorCode: null, innerException)
    {
    }

    internal MlflowException(string message, string? errorCode, Exception? innerException = null)
        : base(message, innerException)
    {
        ErrorCode = errorCode;
    }

    /// <summary>MLflow's own code (<see cref="MlflowErrorCodes"/>), null when no MLflow server said one.</summary>
    public string? ErrorCode { get; }

    /// <summary>Status of the answer, null when there was none or the call was refused before it was sent.</summary>
    public HttpStatusCode? StatusCode { get; init; }

    /// <summary>True: the same call may succeed later (no connection, timeout, 408, 429, 5xx). False: repeating it is pointless.</summary>
    public bool IsTransient { get; init; }

    /// <summary>
    /// True: the server may have done what was asked although no success was seen (the request left this machine and the answer was
    /// lost, or it was a 5xx). False: it was certainly not done. Always false for reads.
    /// </summary>
    public bool MayHaveBeenApplied { get; init; }

    /// <summary>How long the server asks to wait (429, 503), if it does.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
