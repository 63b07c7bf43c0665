namespace OrleansTrain.Exchange.Frames;

/// <summary>What a frame carries.</summary>
internal enum FrameKind : byte
{
    /// <summary>A partial sum for a chunk of the receiver's shard.</summary>
    Partial = 1,

    /// <summary>A chunk of the sender's shard after the update.</summary>
    Parameters = 2,

    /// <summary>A chunk of any shard before the first step, from the silo of rank 0.</summary>
    Broadcast = 3,

    /// <summary>The sender's session has failed; the payload is the reason, in UTF-8.</summary>
    Abort = 4,

    /// <summary>The sender's session has come to its end.</summary>
    Leave = 5,

    /// <summary>The name and token of the memory that the silos of one host are to share; between their connections only.</summary>
    Segment = 6,

    /// <summary>The sender has opened it.</summary>
    Mapped = 7,
}
