using OrleansTrain.Exchange.Messages;

namespace OrleansTrain.Exchange;

/// <summary>A silo's end of all gradient exchanges: its tensor channel and the sessions of the runs it takes part in. Thread-safe.</summary>
public interface IExchangeHub : IAsyncDisposable
{
    /// <summary>How other silos reach this one.</summary>
    ExchangeEndpoint Endpoint { get; }

    /// <summary>Opens this silo's part of a run's attempt, or returns the one that another rank of this silo has opened.</summary>
    /// <exception cref="StaleAttemptException">A newer attempt of the run has been seen here.</exception>
    IExchangeSession Open(ExchangePlan plan);

    /// <summary>
    /// Refuses this attempt of the run and older ones from now on: sessions fail with <see cref="StaleAttemptException"/>, waiting ranks wake.
    /// </summary>
    void Fence(string runId, int attempt);

    /// <summary>Another silo asks by message whether this one has opened the session with the same plan.</summary>
    /// <exception cref="StaleAttemptException">No such session waits for that silo here.</exception>
    /// <exception cref="ArgumentException">The plans differ.</exception>
    void Greet(string runId, int attempt, int from, int to, ReadOnlySpan<byte> digest);

    /// <summary>Takes in a frame that came as a message, which goes over to the hub; ends when the frame is in its place.</summary>
    /// <exception cref="StaleAttemptException">No such session waits for that silo here.</exception>
    Task Receive(string runId, int attempt, int from, int to, FrameMessage message);
}

/// <summary>A message or a rank belongs to an attempt that has been replaced by a newer one.</summary>
public sealed class StaleAttemptException(string message) : Exception(message);

/// <summary>Another silo or rank of the run cannot be reached, or did not take part in a step in time.</summary>
public sealed class PeerLostException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What another silo has told us about the end of the exchange, to be told on in the same words; null when it was found here.</summary>
    internal string? Report { get; init; }
}
