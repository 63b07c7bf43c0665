using System.Globalization;
using System.Runtime.InteropServices;
using OrleansTrain.Data.Schema;

namespace OrleansTrain.Data.Reading;

/// <summary>The value of one field of a record: numbers of one type and shape, or text. Immutable.</summary>
public sealed class Field
{
    private readonly byte[] _bytes;
    private readonly string? _text;

    private Field(ElementType type, int[] shape, byte[] bytes, string? text) => (Type, Shape, _bytes, _text) = (type, shape, bytes, text);

    /// <summary>Type of the numbers; meaningless for text.</summary>
    public ElementType Type { get; }

    /// <summary>Dimensions; empty for a single number.</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>Whether it is text, which must be mapped to numbers before it can be trained on.</summary>
    public bool IsText => _text is not null;

    /// <summary>The numbers' bytes, little-endian.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>The text, cut short for a message.</summary>
    internal string Shown => Short(_text ?? "");

    /// <summary>Text.</summary>
    public static Field Of(string text) => new(default, [], [], text);

    /// <summary>A float32.</summary>
    public static Field Of(float value) => Of<float>(ElementType.Float32, [], [value]);

    /// <summary>An int64.</summary>
    public static Field Of(long value) => Of<long>(ElementType.Int64, [], [value]);

    /// <summary>float32 of a shape.</summary>
    public static Field Of(ReadOnlySpan<float> values, params int[] shape) => Of(ElementType.Float32, shape, values);

    /// <summary>uint8 of a shape.</summary>
    public static Field Of(ReadOnlySpan<byte> values, params int[] shape) => Of(ElementType.UInt8, shape, values);

    /// <summary>The text.</summary>
    /// <exception cref="DatasetException">It is numbers.</exception>
    public string AsText() => _text ?? throw new DatasetException($"Expected text, found {this}.");

    /// <summary>The single number, of whatever type; text is parsed.</summary>
    /// <exception cref="DatasetException">There are several numbers, or the text is no number.</exception>
    public double AsNumber()
    {
        if (_text is not null)
        {
            return double.TryParse(_text, NumberStyles.Float, CultureInfo.InvariantCulture, out var parsed)
                ? parsed
                : throw new DatasetException($"Expected a number, found '{Shown}'.");
        }

        if (_bytes.Length != Type.Size())
        {
            throw new DatasetException($"Expected a single number, found {this}.");
        }

        return Type switch
        {
            ElementType.UInt8 => _bytes[0],
            ElementType.Int8 => (sbyte)_bytes[0],
            ElementType.Int16 => BitConverter.ToInt16(_bytes),
            ElementType.Int32 => BitConverter.ToInt32(_bytes),
            ElementType.Int64 => BitConverter.ToInt64(_bytes),
            ElementType.Float32 => BitConverter.ToSingle(_bytes),
            _ => BitConverter.ToDouble(_bytes),
        };
    }

    /// <inheritdoc/>
    public override string ToString() => IsText ? "text" : $"{Type.Name()}[{string.Join(',', Shape)}]";

    /// <summary>Numbers as they lie in a block.</summary>
    internal static Field FromBytes(ElementType type, IReadOnlyList<int> shape, ReadOnlySpan<byte> bytes) => new(type, [.. shape], bytes.ToArray(), null);

    internal static Field Of<T>(ElementType type, int[] shape, ReadOnlySpan<T> values)
        where T : unmanaged
    {
        var expected = shape.Aggregate(1L, (product, dimension) => product * dimension);
        return values.Length == expected
            ? new Field(type, shape, MemoryMarshal.AsBytes(values).ToArray(), null)
            : throw new DatasetException($"Shape [{string.Join(',', shape)}] needs {expected} numbers, found {values.Length}.");
    }

    private static string Short(string text) => text.Length <= 40 ? text : text[..40] + "…";
}
