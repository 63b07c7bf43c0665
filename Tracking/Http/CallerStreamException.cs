using System.Diagnostics.CodeAnalysis;

namespace OrleansTrain.Tracking.Http;

/// <summary>Carries what a caller's stream threw past the HTTP stack.</summary>
[SuppressMessage("Design", "CA1032", Justification = "Only made here, around a cause.")]
internal sealed class CallerStreamException(Exception cause) : Exception(cause.Message, cause)
{
    /// <summary>What the stream threw.</summary>
    public Exception Cause() => InnerException!;
}
