namespace OrleansTrain.Exchange.Tcp;

/// <summary>A connection has not come about; the message says why, as the end of a sentence that begins with the other silo's name.</summary>
internal sealed class HandshakeException(string message) : Exception(message)
{
    /// <summary>The other silo may only not have come so far yet.</summary>
    public bool IsEarly { get; init; }
}
