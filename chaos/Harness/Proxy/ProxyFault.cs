namespace OrleansTrain.Harness.Proxy;

/// <summary>What a <see cref="FaultProxy"/> does to what passes it.</summary>
public abstract record ProxyFault
{
    private ProxyFault()
    {
    }

    /// <summary>Nothing: all passes.</summary>
    public static ProxyFault None { get; } = new Pass();

    /// <summary>All passes.</summary>
    public sealed record Pass : ProxyFault;

    /// <summary>As a server that is not there: connections end, new ones are reset at once.</summary>
    public sealed record Reset : ProxyFault;

    /// <summary>Accepts and never answers; what is under way stands still.</summary>
    public sealed record Stall : ProxyFault;

    /// <summary>HTTP: takes each request and answers it with an error of its own, the server behind never sees it.</summary>
    /// <param name="Status">HTTP status.</param>
    /// <param name="Body">The answer's body.</param>
    public sealed record Answer(int Status, string Body = "out of order") : ProxyFault;

    /// <summary>Each connection is cut after so many bytes of answers: in the middle of a body when there is one.</summary>
    /// <param name="Bytes">Bytes that still pass.</param>
    public sealed record Truncate(int Bytes) : ProxyFault;

    /// <summary>Requests reach the server, answers get lost: each connection is cut when the server answers.</summary>
    public sealed record LoseAnswers : ProxyFault;
}
