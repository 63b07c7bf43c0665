namespace OrleansTrain.Exchange.Frames;

/// <summary>Carries frames to and from one other silo, in order. Sending is thread-safe.</summary>
internal unsafe interface IFrameChannel : IAsyncDisposable
{
    /// <summary>Number that both ends know for this session; set once the channel is open.</summary>
    ulong Session { get; }

    /// <summary>Bytes sent and received, headers included.</summary>
    (long Sent, long Received) Bytes { get; }

    /// <summary>Opens the channel; from then on <paramref name="sink"/> gets what arrives.</summary>
    /// <exception cref="PeerLostException">The other silo cannot be reached, or is not who it should be.</exception>
    Task Open(IFrameSink sink, CancellationToken cancellationToken);

    /// <summary>Sends a frame; blocks as long as the other side takes nothing in. The payload may be reused on return.</summary>
    /// <exception cref="PeerLostException">The other side is gone, or has taken nothing in for too long.</exception>
    void Send(in FrameHeader header, byte* payload);

    /// <summary>Sends a last frame if that is possible at once, and ends the channel; threads blocked in <see cref="Send"/> return with an error.</summary>
    void Close(in FrameHeader last, byte* payload);
}
