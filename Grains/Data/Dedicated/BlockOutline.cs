namespace OrleansTrain.Grains.Data.Dedicated;

/// <summary>What a preprocessed block is, without its bytes.</summary>
/// <param name="Schema">Columns as JSON.</param>
/// <param name="Records">Its records.</param>
/// <param name="Origin">Where they come from, for messages.</param>
/// <param name="Skipped">Bad records whose place others have taken.</param>
[GenerateSerializer, Alias("OrleansTrain.BlockOutline"), Immutable]
internal sealed record BlockOutline(
    [property: Id(0)] string Schema, [property: Id(1)] int Records, [property: Id(2)] string Origin, [property: Id(3)] int Skipped);
