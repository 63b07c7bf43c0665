namespace OrleansTrain.Grains.Tracking;

/// <summary>What a run grain stores.</summary>
[GenerateSerializer, Alias("OrleansTrain.OutboxState")]
internal sealed class OutboxState
{
    /// <summary>Accepted and not yet known to be delivered, oldest first.</summary>
    [Id(0)] public List<OutboxEntry> Pending { get; set; } = [];

    /// <summary>Highest step accepted of each metric. A run's steps only grow, so what is not above it was accepted before.</summary>
    [Id(1)] public Dictionary<string, long> AcceptedSteps { get; set; } = [];

    /// <summary>Params accepted so far: MLflow refuses a second value.</summary>
    [Id(2)] public HashSet<string> AcceptedParams { get; set; } = [];

    /// <summary>Entries given up: dropped because the outbox was full, or refused by MLflow for good.</summary>
    [Id(3)] public int Lost { get; set; }

    /// <summary>Why the last of them was.</summary>
    [Id(4)] public string? LastLoss { get; set; }
}
