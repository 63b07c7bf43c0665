namespace OrleansTrain.Exchange.Hub;

/// <summary>How a silo's end of the gradient exchange listens and what it puts up with.</summary>
public sealed record ExchangeHubOptions
{
    /// <summary>The silo's Orleans address as text, for messages and for the Orleans path.</summary>
    public string Silo { get; init; } = "";
}
