namespace OrleansTrain.Exchange.Frames;

/// <summary>Takes what arrives from one other silo. Called by one thread at a time.</summary>
internal unsafe interface IFrameSink
{
    /// <summary>Where the payload of a frame belongs; <c>header.Length</c> bytes from there are written before <see cref="Received"/>.</summary>
    /// <exception cref="FrameRefusedException">The frame is not expected now: the connection ends.</exception>
    byte* Locate(in FrameHeader header);

    /// <summary>The payload is in its place.</summary>
    void Received(in FrameHeader header);

    /// <summary>Nothing will arrive any more, and why.</summary>
    void Lost(Exception error);
}
