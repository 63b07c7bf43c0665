namespace OrleansTrain.Grains.Abstractions.Trainers;

/// <summary>
/// What one rank did in the traced steps: four arrays of equal length, an element a part of a step, in order of the ends of the parts.
/// </summary>
/// <param name="Silo">The rank's silo.</param>
/// <param name="Parts">Names by index: what <paramref name="Kinds"/> counts in.</param>
/// <param name="Steps">Global steps.</param>
/// <param name="Starts">Nanoseconds since the Unix epoch, by the clock of the silo's machine.</param>
/// <param name="Durations">Nanoseconds.</param>
/// <param name="Dropped">Parts for which there was no room.</param>
[GenerateSerializer, Alias("OrleansTrain.RankTrace"), Immutable]
public sealed record RankTrace(
    [property: Id(0)] int Rank,
    [property: Id(1)] string Silo,
    [property: Id(2)] IReadOnlyList<string> Parts,
    [property: Id(3)] byte[] Kinds,
    [property: Id(4)] long[] Steps,
    [property: Id(5)] long[] Starts,
    [property: Id(6)] long[] Durations,
    [property: Id(7)] long Dropped);
