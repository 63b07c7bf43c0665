using Microsoft.Extensions.Logging;

namespace OrleansTrain.Tracking.Server;

/// <summary>How the embedded tracking server runs.</summary>
public sealed record EmbeddedTrackingOptions
{
    /// <summary>Holds the database and the artifacts; made if it is not there. Several processes may share it.</summary>
    public required string DataFolder { get; init; }

    /// <summary>Address to listen on: an IP address, or <c>localhost</c>. Anything but loopback should go with a <see cref="Token"/>.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>0 takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>
    /// Host names, with or without port, by which clients may call the server besides loopback names, private addresses and
    /// <see cref="Host"/>; <c>*</c> for any. A web page that points a name of its own at this machine is kept out by this.
    /// </summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary>What callers must send as bearer token (or basic password); null: nothing. Health and version stay open.</summary>
    public string? Token { get; init; }

    /// <summary>Told of what should not happen (a bug, a full disk), with the request it happened to; otherwise the server is silent.</summary>
    public ILogger? Logger { get; init; }

    /// <summary>Names new runs; a test that compares orders must know how IDs sort.</summary>
    internal Func<string> NewRunId { get; init; } = static () => Guid.NewGuid().ToString("N");
}
