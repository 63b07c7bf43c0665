namespace OrleansTrain.Client.Signals;

/// <summary>The user's or the system's wish to stop: Ctrl-C, SIGTERM. Stops listening when disposed.</summary>
internal interface IInterrupts : IDisposable
{
    /// <summary>Cancelled by the first signal.</summary>
    CancellationToken Requested { get; }
}
