using System.Globalization;
using OrleansTrain.Data.Reading;
using OrleansTrain.Data.Schema;

namespace OrleansTrain.Data.Text;

/// <summary>A column of a text format: numbers of a type and shape, or text when <paramref name="Type"/> is null. Immutable.</summary>
internal sealed record TextColumn(string Name, ElementType? Type, IReadOnlyList<int> Shape)
{
    /// <summary>Reads <c>name=type</c> pairs; types are those of <see cref="ElementType"/> and <c>text</c>.</summary>
    /// <exception cref="DatasetException">A pair is something else.</exception>
    public static Dictionary<string, ElementType?> ParseTypes(string? types)
    {
        var result = new Dictionary<string, ElementType?>(StringComparer.Ordinal);
        foreach (var pair in (types ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var at = pair.LastIndexOf('=');
            ElementType type = default;
            if (at <= 0 || (pair[(at + 1)..] != "text" && (!Enum.TryParse(pair[(at + 1)..], ignoreCase: true, out type) || char.IsDigit(pair[at + 1]))))
            {
                throw new DatasetException($"'{pair}' is no column type: expected NAME=TYPE with one of text, {string.Join(", ", Enum.GetValues<ElementType>().Select(value => value.Name()))}.");
            }

            result[pair[..at]] = pair[(at + 1)..] == "text" ? null : type;
        }

        return result;
    }

    /// <summary>Packs numbers into a field of this column.</summary>
    /// <exception cref="DatasetException">A number does not fit the type, or there are too few or too many.</exception>
    public Field Pack(ReadOnlySpan<double> numbers, string origin)
    {
        var type = Type!.Value;
        var expected = new Column(Name, type, Shape).Length;
        if (numbers.Length != expected)
        {
            throw new DatasetException($"{origin}: column '{Name}' has {numbers.Length} numbers, expected {expected}.");
        }

        var bytes = new byte[numbers.Length * type.Size()];
        for (var i = 0; i < numbers.Length; i++)
        {
            if (!Write(type, numbers[i], bytes.AsSpan(i * type.Size())))
            {
                throw new DatasetException(
                    $"{origin}: column '{Name}' is {type.Name()}, found {numbers[i].ToString(CultureInfo.InvariantCulture)}: correct the data, or name the column's type.");
            }
        }

        return Field.FromBytes(type, Shape, bytes);
    }

    private static bool Write(ElementType type, double number, Span<byte> target)
    {
        if (!type.IsFloat() && (number != Math.Truncate(number) || Math.Abs(number) > 1L << 53))
        {
            return false;
        }

        switch (type)
        {
            case ElementType.UInt8 when number is >= byte.MinValue and <= byte.MaxValue:
                target[0] = (byte)number;
                return true;
            case ElementType.Int8 when number is >= sbyte.MinValue and <= sbyte.MaxValue:
                target[0] = (byte)(sbyte)number;
                return true;
            case ElementType.Int16 when number is >= short.MinValue and <= short.MaxValue:
                return BitConverter.TryWriteBytes(target, (short)number);
            case ElementType.Int32 when number is >= int.MinValue and <= int.MaxValue:
                return BitConverter.TryWriteBytes(target, (int)number);
            case ElementType.Int64:
                return BitConverter.TryWriteBytes(target, (long)number);
            case ElementType.Float32:
                return BitConverter.TryWriteBytes(target, (float)number);
            case ElementType.Float64:
                return BitConverter.TryWriteBytes(target, number);
            default:
                return false;
        }
    }
}
