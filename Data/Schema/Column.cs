using System.Text.Json.Serialization;

namespace OrleansTrain.Data.Schema;

/// <summary>One column of a dataset: every record has the same type and shape in it. Immutable.</summary>
/// <param name="Name">Its name, unique in the schema.</param>
/// <param name="Type">Type of each element.</param>
/// <param name="Shape">Dimensions without the batch; empty for a single number.</param>
public sealed record Column(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("type")] ElementType Type,
    [property: JsonPropertyName("shape")] IReadOnlyList<int> Shape)
{
    /// <summary>Elements in a record.</summary>
    [JsonIgnore]
    public int Length => Shape.Aggregate(1, (product, dimension) => checked(product * dimension));

    /// <summary>Bytes in a record.</summary>
    [JsonIgnore]
    public int ByteLength => checked(Length * Type.Size());

    /// <inheritdoc/>
    public override string ToString() => $"{Name} {Type.Name()}[{string.Join(',', Shape)}]";
}
