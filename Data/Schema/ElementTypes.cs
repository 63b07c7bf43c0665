namespace OrleansTrain.Data.Schema;

/// <summary>Facts about each <see cref="ElementType"/>.</summary>
internal static class ElementTypes
{
    public static int Size(this ElementType type) => type switch
    {
        ElementType.UInt8 or ElementType.Int8 => 1,
        ElementType.Int16 => 2,
        ElementType.Int32 or ElementType.Float32 => 4,
        _ => 8,
    };

    public static bool IsFloat(this ElementType type) => type is ElementType.Float32 or ElementType.Float64;

    public static string Name(this ElementType type) => type.ToString().ToLowerInvariant();
}
