namespace OrleansTrain.Exchange.Messages;

/// <summary>
/// Brings frames to other silos as messages, for silos whose tensor channels do not reach each other. Messages may overtake each other.
/// The other end hands what arrives to <see cref="IExchangeHub.Greet"/> and <see cref="IExchangeHub.Receive"/>. Thread-safe.
/// </summary>
public interface IFrameCourier
{
    /// <summary>Asks the other silo whether it has opened the session with the same plan.</summary>
    Task Greet(FrameRoute route, byte[] digest);

    /// <summary>Brings a frame; ends when the other silo has it in its place. The message stays the caller's and unchanged until then.</summary>
    Task Deliver(FrameRoute route, FrameMessage message);
}

/// <summary>From where to where in which attempt.</summary>
/// <param name="From">Index of the sending silo in the plan.</param>
/// <param name="To">Index of the receiving silo in the plan.</param>
/// <param name="Silo">Orleans address of the receiving silo.</param>
public readonly record struct FrameRoute(string RunId, int Attempt, int From, int To, string Silo);
