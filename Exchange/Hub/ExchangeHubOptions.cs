using System.Net;

namespace OrleansTrain.Exchange.Hub;

/// <summary>How a silo's end of the gradient exchange listens and what it puts up with.</summary>
public sealed record ExchangeHubOptions
{
    /// <summary>The silo's Orleans address as text, for messages.</summary>
    public string Silo { get; init; } = "";

    /// <summary>Address the tensor channel listens on. Loopback unless told otherwise.</summary>
    public IPAddress ListenAddress { get; init; } = IPAddress.Loopback;

    /// <summary>TCP port of the tensor channel; 0 takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>
    /// IP address or host name that other silos reach the channel by. Null: <see cref="ListenAddress"/>, or this machine's name when that is
    /// the address of all interfaces.
    /// </summary>
    public string? AdvertisedAddress { get; init; }

    /// <summary>How long connecting to another silo of a session may take, and waiting for one that is to connect here.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a connection may take to prove who it is.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Connections that have not proved yet who they are; more wait unaccepted.</summary>
    public int MaxUnauthenticated { get; init; } = 32;
}
