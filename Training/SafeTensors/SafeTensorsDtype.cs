using static TorchSharp.torch;

namespace OrleansTrain.Training.SafeTensors;

/// <summary>The element types of safetensors and their sizes and names in torch.</summary>
internal static class SafeTensorsDtype
{
    // Sub-byte types of newer versions of the format are left out: libtorch's tensors here have none of them.
    private static readonly Dictionary<string, (int Size, ScalarType? Torch)> Types = new(StringComparer.Ordinal)
    {
        ["F64"] = (8, ScalarType.Float64),
        ["F32"] = (4, ScalarType.Float32),
        ["F16"] = (2, ScalarType.Float16),
        ["BF16"] = (2, ScalarType.BFloat16),
        ["I64"] = (8, ScalarType.Int64),
        ["I32"] = (4, ScalarType.Int32),
        ["I16"] = (2, ScalarType.Int16),
        ["I8"] = (1, ScalarType.Int8),
        ["U8"] = (1, ScalarType.Byte),
        ["BOOL"] = (1, ScalarType.Bool),
        ["U64"] = (8, null),
        ["U32"] = (4, null),
        ["U16"] = (2, null),
        ["F8_E4M3"] = (1, null),
        ["F8_E5M2"] = (1, null),
    };

    private static readonly Dictionary<ScalarType, string> Names =
        Types.Where(type => type.Value.Torch is not null).ToDictionary(type => type.Value.Torch!.Value, type => type.Key);

    /// <summary>Bytes of one element, or null for an unknown type.</summary>
    public static int? Size(string name) => Types.TryGetValue(name, out var type) ? type.Size : null;

    /// <summary>Torch's type, or null when TorchSharp has none.</summary>
    public static ScalarType? ToTorch(string name) => Types.TryGetValue(name, out var type) ? type.Torch : null;

    /// <summary>The name of a type of torch.</summary>
    /// <exception cref="SafeTensorsException">The format has none for it.</exception>
    public static string FromTorch(ScalarType type) => Names.TryGetValue(type, out var name)
        ? name
        : throw new SafeTensorsException($"A tensor of {type} cannot be stored: expected one of {string.Join(", ", Names.Keys)}.");
}
