using System.Buffers.Binary;
using OrleansTrain.Data.Schema;

namespace OrleansTrain.Data.Idx;

/// <summary>
/// The start of an IDX file, big-endian: two zero bytes, a type code, the number of dimensions, each dimension as u32.
/// The first dimension counts the records. Described on the MNIST page of Yann LeCun.
/// </summary>
internal sealed record IdxHeader(ElementType Type, int Records, IReadOnlyList<int> Shape, int Length)
{
    public const int LongestLength = 4 + (4 * MostDimensions);

    private const int MostDimensions = 8;

    /// <summary>Bytes of one record.</summary>
    public int RecordBytes => new Column("", Type, Shape).ByteLength;

    /// <summary>Bytes of the whole file.</summary>
    public long TotalLength => Length + ((long)Records * RecordBytes);

    /// <summary>Reads a header; <paramref name="start"/> is the file's first bytes, as many as there are up to <see cref="LongestLength"/>.</summary>
    /// <exception cref="DatasetException">It is no IDX file, or claims sizes that no dataset has.</exception>
    public static IdxHeader Read(ReadOnlySpan<byte> start, string name)
    {
        if (start.Length < 4 || start[0] != 0 || start[1] != 0)
        {
            throw new DatasetException($"{name} is no IDX file: expected it to start with 0x0000, found 0x{Convert.ToHexString(start[..Math.Min(4, start.Length)])}.");
        }

        ElementType type = start[2] switch
        {
            0x08 => ElementType.UInt8,
            0x09 => ElementType.Int8,
            0x0B => ElementType.Int16,
            0x0C => ElementType.Int32,
            0x0D => ElementType.Float32,
            0x0E => ElementType.Float64,
            var code => throw new DatasetException($"{name} has IDX type code 0x{code:x2}: expected 0x08, 0x09, 0x0b, 0x0c, 0x0d or 0x0e."),
        };
        var dimensions = start[3];
        var length = 4 + (4 * dimensions);
        if (dimensions is 0 or > MostDimensions || start.Length < length)
        {
            throw new DatasetException($"{name} has {dimensions} dimensions and {start.Length} bytes of header: expected 1 to {MostDimensions} dimensions and {length} bytes.");
        }

        var sizes = new uint[dimensions];
        for (var i = 0; i < dimensions; i++)
        {
            sizes[i] = BinaryPrimitives.ReadUInt32BigEndian(start[(4 + (4 * i))..]);
        }

        return Checked(type, sizes, length, name);
    }

    private static IdxHeader Checked(ElementType type, uint[] sizes, int length, string name)
    {
        decimal record = sizes.Skip(1).Aggregate((decimal)type.Size(), (product, size) => Math.Min(product * size, decimal.MaxValue / uint.MaxValue));
        if (sizes[0] is 0 or > int.MaxValue || record < 1 || record > RecordSchema.LargestRecord)
        {
            throw new DatasetException(
                $"{name} claims {string.Join('x', sizes)} elements: expected at least one record of 1 to {RecordSchema.LargestRecord} bytes.");
        }

        return new IdxHeader(type, (int)sizes[0], [.. sizes.Skip(1).Select(size => (int)size)], length);
    }
}
