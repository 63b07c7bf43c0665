using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text.Json;
using OrleansTrain.Data.Schema;

namespace OrleansTrain.Data.Packed;

/// <summary>
/// The start of a packed block. Little-endian: magic (8 bytes), version (u32), header length (u32), records (u64), record length (u32),
/// schema length (u32), XxHash3 of the records (u64), XxHash3 of the header with these 8 bytes zero (u64), 16 zero bytes, the schema as JSON,
/// zeros up to a multiple of 64.
/// </summary>
internal sealed record BlockHeader(RecordSchema Schema, int Records, ulong Checksum, int Length)
{
    public const int FixedLength = 64;
    public const uint Version = 1;

    private const int LongestSchema = 1 << 20;
    private const int ChecksumAt = 40;

    private static ReadOnlySpan<byte> Magic => "OTBLOCK\n"u8;

    /// <summary>Length of the whole object.</summary>
    public long TotalLength => Length + ((long)Records * Schema.RecordBytes);

    public static byte[] Write(RecordSchema schema, int records, ulong checksum)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes([.. schema.Columns], PackedJson.Default.ColumnArray);
        var length = (FixedLength + json.Length + 63) / 64 * 64;
        var header = new byte[length];
        Magic.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(8), Version);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(12), length);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(16), records);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(24), schema.RecordBytes);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(28), json.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(32), checksum);
        json.CopyTo(header.AsSpan(FixedLength));
        BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(ChecksumAt), XxHash3.HashToUInt64(header));
        return header;
    }

    /// <summary>Reads and checks the header of a block of which <paramref name="block"/> is at least the start.</summary>
    /// <exception cref="DatasetException">It is no packed block, of a later version, cut off or corrupt.</exception>
    public static BlockHeader Read(ReadOnlySpan<byte> block, string name)
    {
        if (block.Length < FixedLength || !block.StartsWith(Magic))
        {
            throw new DatasetException($"{name} is no packed block: expected it to start with 'OTBLOCK', found {Shown(block)}.");
        }

        var version = BinaryPrimitives.ReadUInt32LittleEndian(block[8..]);
        if (version != Version)
        {
            throw new DatasetException($"{name} is a packed block of version {version}; this build reads version {Version}.");
        }

        var length = BinaryPrimitives.ReadUInt32LittleEndian(block[12..]);
        var records = BinaryPrimitives.ReadUInt64LittleEndian(block[16..]);
        var schemaLength = BinaryPrimitives.ReadUInt32LittleEndian(block[28..]);
        if (schemaLength > LongestSchema || length != (FixedLength + schemaLength + 63) / 64 * 64 || length > block.Length || records > int.MaxValue)
        {
            throw new DatasetException($"{name} is corrupt: its header claims {length} bytes, {schemaLength} of schema and {records} records.");
        }

        Span<byte> copy = new byte[length];
        block[..copy.Length].CopyTo(copy);
        copy.Slice(ChecksumAt, sizeof(ulong)).Clear();
        var expected = BinaryPrimitives.ReadUInt64LittleEndian(block[ChecksumAt..]);
        var found = XxHash3.HashToUInt64(copy);
        if (found != expected)
        {
            throw new DatasetException($"{name} is corrupt: its header's checksum is {found:x16}, expected {expected:x16}.");
        }

        var schema = ManifestJson.ReadSchema(block.Slice(FixedLength, (int)schemaLength), name);
        var recordLength = BinaryPrimitives.ReadUInt32LittleEndian(block[24..]);
        return recordLength == schema.RecordBytes
            ? new BlockHeader(schema, (int)records, BinaryPrimitives.ReadUInt64LittleEndian(block[32..]), (int)length)
            : throw new DatasetException($"{name} is corrupt: its records have {recordLength} bytes, its schema makes {schema.RecordBytes}.");
    }

    private static string Shown(ReadOnlySpan<byte> block) => block.Length == 0 ? "nothing" : $"0x{Convert.ToHexString(block[..Math.Min(8, block.Length)])}";
}
