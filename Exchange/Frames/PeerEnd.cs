using System.Text;
using OrleansTrain.Exchange.Synchronization;

namespace OrleansTrain.Exchange.Frames;

/// <summary>The other silo of a link as a partner that may fail, leave, or be told that this one does. Thread-safe.</summary>
internal sealed class PeerEnd(ExchangePlan plan, int silo, SessionFault fault)
{
    /// <summary>Bytes of the reason that an abort carries at most.</summary>
    public const int LongestReason = 512;

    private const byte Failed = 0;

    private const byte Stale = 1;

    /// <summary>Its index in the plan.</summary>
    public int Silo => silo;

    /// <summary>The silo and its ranks, for messages.</summary>
    public string Name { get; } = Describe(plan, silo);

    /// <summary>The run and attempt, for messages.</summary>
    public string Run => $"Run {plan.RunId}, attempt {plan.Attempt}";

    /// <summary>A silo of a plan and its ranks, for messages.</summary>
    public static string Describe(ExchangePlan plan, int silo)
    {
        var ranks = plan.Silos[silo].Ranks;
        var endpoint = plan.Silos[silo].Endpoint;
        var name = endpoint.Silo.Length > 0 ? endpoint.Silo : $"{endpoint.Address}:{endpoint.Port}";
        return $"silo {name} ({(ranks.Count == 1 ? "rank" : "ranks")} {string.Join(", ", ranks)})";
    }

    /// <summary>Ends the session because something about the other silo is wrong.</summary>
    public void Fail(string what, Exception? inner = null) => fault.TrySet(Lost(what, inner));

    /// <summary>The error to throw when something about the other silo is wrong.</summary>
    public PeerLostException Lost(string what, Exception? inner = null) => new($"{Run}: {Name} {what}.", inner);

    /// <summary>The error to throw when something of a step has not come from it.</summary>
    public PeerLostException Late(string what, long step, TimeSpan timeout) =>
        Lost($"sent {what} of step {step} within {timeout.TotalSeconds:0.###} s");

    /// <summary>The connection to it has ended.</summary>
    public void Lost(Exception error) =>
        Fail(error is FrameRefusedException ? $"sent {error.Message}" : $"is gone: {error.Message.TrimEnd('.')}", error);

    /// <summary>The other silo has said why its session failed.</summary>
    public void Aborted(byte code, ReadOnlySpan<byte> reason)
    {
        var text = Encoding.UTF8.GetString(reason);
        fault.TrySet(code == Stale ? new StaleAttemptException(text) : new PeerLostException($"{Run}: {text}") { Report = text });
    }

    /// <summary>Closes a channel to the other silo, saying why if the session has failed.</summary>
    public unsafe void Close(IFrameChannel channel, Exception? reason)
    {
        if (reason is null)
        {
            channel.Close(new FrameHeader(FrameKind.Leave, 0, 0, channel.Session, 0, 0, 0, 0), null);
            return;
        }

        Span<byte> bytes = stackalloc byte[LongestReason];
        var (code, text) = reason switch
        {
            StaleAttemptException => (Stale, reason.Message),
            PeerLostException { Report: { } report } => (Failed, report),
            _ => (Failed, $"{Describe(plan, plan.Self)} ended the exchange: {reason.Message}"),
        };
        Encoding.UTF8.TryGetBytes(Shortened(text), bytes, out var length);
        fixed (byte* payload = bytes)
        {
            channel.Close(new FrameHeader(FrameKind.Abort, code, 0, channel.Session, 0, 0, 0, length), payload);
        }
    }

    /// <summary>A third of the bytes in characters: none of UTF-8 takes more than three bytes a UTF-16 unit.</summary>
    private static string Shortened(string text) => text.Length <= LongestReason / 3 ? text : $"{text.AsSpan(0, (LongestReason / 3) - 1)}…";
}
