using OrleansTrain.Data.Blocks;
using OrleansTrain.Data.Images;
using OrleansTrain.Data.Reading;
using OrleansTrain.Data.Schema;

namespace OrleansTrain.Data.Parquet;

/// <summary>One column of a row group in memory. Thread-safe to read.</summary>
internal abstract class ParquetColumn(string name)
{
    public string Name { get; } = name;

    /// <exception cref="DatasetException">The value of this row is bad.</exception>
    public abstract Field Field(int row, string origin);

    /// <summary>Numbers of one shape a row; the shape is that of the first row.</summary>
    public sealed class Numbers(string name, ElementType type, byte[] values, IReadOnlyList<RowShape> rows) : ParquetColumn(name)
    {
        public override Field Field(int row, string origin)
        {
            var (shape, expected) = (rows[row], rows[0].Dimensions);
            if (shape.Missing && !type.IsFloat())
            {
                throw new DatasetException($"{origin}: column '{Name}' has no value, and {type.Name()} knows none that means so.");
            }

            return shape.Dimensions is { } found && expected is not null && found.SequenceEqual(expected)
                ? Reading.Field.FromBytes(type, found, values.AsSpan(shape.First * type.Size(), shape.Count * type.Size()))
                : throw new DatasetException($"{origin}: column '{Name}' has {Shown(shape)}, expected {Shown(rows[0])} as in the first record of its block.");
        }

        private static string Shown(RowShape shape) => shape.Dimensions is null ? "lists of different lengths" : $"shape [{string.Join(',', shape.Dimensions)}]";
    }

    /// <summary>Text; a missing one is empty.</summary>
    public sealed class Strings(string name, string?[] values) : ParquetColumn(name)
    {
        public override Field Field(int row, string origin) => Reading.Field.Of(values[row] ?? "");
    }

    /// <summary>Binary values: images where they start as PNG or JPEG do, else bytes.</summary>
    public sealed class Binaries(string name, byte[]?[] values) : ParquetColumn(name)
    {
        public override Field Field(int row, string origin)
        {
            var value = values[row] ?? throw new DatasetException($"{origin}: column '{Name}' has no value.");
            if (!Starts(value, [0x89, 0x50, 0x4E, 0x47]) && !Starts(value, [0xFF, 0xD8, 0xFF]))
            {
                return Reading.Field.Of(value, value.Length);
            }

            using IDisposable buffer = new NativeBuffer(value.Length);
            value.CopyTo(((NativeBuffer)buffer).GetSpan());
            return ImageDecoder.Decode((NativeBuffer)buffer, $"{origin}: column '{Name}'", ImageShape.AsIs);
        }

        private static bool Starts(ReadOnlySpan<byte> value, ReadOnlySpan<byte> magic) => value.StartsWith(magic);
    }
}

/// <summary>Where a row's values are; no dimensions when its lists differ in length.</summary>
internal readonly record struct RowShape(int First, int Count, int[]? Dimensions, bool Missing);
