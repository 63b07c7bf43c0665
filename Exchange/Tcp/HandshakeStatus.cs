namespace OrleansTrain.Exchange.Tcp;

/// <summary>What the accepting end answers.</summary>
internal enum HandshakeStatus : byte
{
    /// <summary>Go on.</summary>
    Fine = 0,

    /// <summary>No session of this run and attempt waits for this silo here.</summary>
    Unknown = 1,

    /// <summary>The two silos have opened the session with different plans. Said only to who has proved to belong to it.</summary>
    OtherPlan = 2,
}
