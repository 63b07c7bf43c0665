namespace OrleansTrain.Client.Sessions;

/// <summary>How a session is opened.</summary>
internal sealed record SessionOptions
{
    /// <summary>Silos of an embedded cluster.</summary>
    public int Silos { get; init; } = 1;

    /// <summary>Rank slots that an embedded cluster must offer.</summary>
    public int Slots { get; init; } = 1;

    /// <summary>What the slots of an embedded cluster are to be: auto, cpu or cuda.</summary>
    public string Device { get; init; } = "auto";

    /// <summary>Log lines of the parts go to stderr.</summary>
    public bool Verbose { get; init; }
}
