namespace OrleansTrain.Tracking.Server.Http;

/// <summary>An answer held in memory.</summary>
internal sealed record Answer(int Status, string ContentType, ReadOnlyMemory<byte> Body)
{
    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];
}
