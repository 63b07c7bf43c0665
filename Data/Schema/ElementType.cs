using System.Text.Json.Serialization;

namespace OrleansTrain.Data.Schema;

/// <summary>Type of the numbers in a column; stored little-endian. Names are those of NumPy and torch.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ElementType>))]
public enum ElementType
{
    /// <summary>0 … 255.</summary>
    [JsonStringEnumMemberName("uint8")] UInt8,

    /// <summary>-128 … 127.</summary>
    [JsonStringEnumMemberName("int8")] Int8,

    /// <summary>16 bits, signed.</summary>
    [JsonStringEnumMemberName("int16")] Int16,

    /// <summary>32 bits, signed.</summary>
    [JsonStringEnumMemberName("int32")] Int32,

    /// <summary>64 bits, signed.</summary>
    [JsonStringEnumMemberName("int64")] Int64,

    /// <summary>IEEE 754, 32 bits.</summary>
    [JsonStringEnumMemberName("float32")] Float32,

    /// <summary>IEEE 754, 64 bits.</summary>
    [JsonStringEnumMemberName("float64")] Float64,
}
