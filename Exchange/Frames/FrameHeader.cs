using System.Buffers.Binary;

namespace OrleansTrain.Exchange.Frames;

/// <summary>
/// The 40 bytes before each payload, little-endian. Lengths are in bytes.
/// </summary>
/// <param name="Session">Number that the two ends have agreed on for this run, attempt and pair of silos.</param>
/// <param name="Node">Which node of the sender's cover a partial sum is.</param>
/// <param name="Code">Requests of the sender's ranks, or why it aborts.</param>
internal readonly record struct FrameHeader(
    FrameKind Kind, byte Code, ushort Node, ulong Session, long Step, int Shard, int Chunk, int Length)
{
    /// <summary>Bytes of a header.</summary>
    public const int Size = 40;

    /// <summary>No payload is longer, whatever the header says.</summary>
    public const int LongestPayload = 16 * 1024 * 1024;

    private const uint Magic = 0x4658544F; // "OTXF"

    /// <summary>Writes the header to the first <see cref="Size"/> bytes.</summary>
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(destination, Magic);
        destination[4] = (byte)Kind;
        destination[5] = Code;
        BinaryPrimitives.WriteUInt16LittleEndian(destination[6..], Node);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[8..], Session);
        BinaryPrimitives.WriteInt64LittleEndian(destination[16..], Step);
        BinaryPrimitives.WriteInt32LittleEndian(destination[24..], Shard);
        BinaryPrimitives.WriteInt32LittleEndian(destination[28..], Chunk);
        BinaryPrimitives.WriteInt32LittleEndian(destination[32..], Length);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[36..], 0);
    }

    /// <summary>Reads a header.</summary>
    /// <exception cref="FrameRefusedException">The bytes are none.</exception>
    public static FrameHeader Read(ReadOnlySpan<byte> source)
    {
        var header = new FrameHeader(
            (FrameKind)source[4],
            source[5],
            BinaryPrimitives.ReadUInt16LittleEndian(source[6..]),
            BinaryPrimitives.ReadUInt64LittleEndian(source[8..]),
            BinaryPrimitives.ReadInt64LittleEndian(source[16..]),
            BinaryPrimitives.ReadInt32LittleEndian(source[24..]),
            BinaryPrimitives.ReadInt32LittleEndian(source[28..]),
            BinaryPrimitives.ReadInt32LittleEndian(source[32..]));
        if (BinaryPrimitives.ReadUInt32LittleEndian(source) != Magic || BinaryPrimitives.ReadUInt32LittleEndian(source[36..]) != 0)
        {
            throw new FrameRefusedException("not a frame of the gradient exchange");
        }

        if (header.Kind is < FrameKind.Partial or > FrameKind.Mapped)
        {
            throw new FrameRefusedException($"frame kind {(byte)header.Kind} is unknown");
        }

        return header.Length is < 0 or > LongestPayload
            ? throw new FrameRefusedException($"a frame of {header.Length} bytes: expected 0 to {LongestPayload}")
            : header;
    }
}
