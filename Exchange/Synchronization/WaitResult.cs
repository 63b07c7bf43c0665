namespace OrleansTrain.Exchange.Synchronization;

/// <summary>How a wait ended.</summary>
internal enum WaitResult
{
    /// <summary>What was waited for has come.</summary>
    Reached,

    /// <summary>It has not come in time.</summary>
    TimedOut,

    /// <summary>The session has failed.</summary>
    Faulted,
}
