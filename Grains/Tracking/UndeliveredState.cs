namespace OrleansTrain.Grains.Tracking;

/// <summary>What an undelivered grain stores.</summary>
[GenerateSerializer, Alias("OrleansTrain.UndeliveredState")]
internal sealed class UndeliveredState
{
    [Id(0)] public HashSet<string> Runs { get; set; } = [];
}
