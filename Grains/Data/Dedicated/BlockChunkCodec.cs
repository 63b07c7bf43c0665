using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Orleans.Serialization.Buffers;
using Orleans.Serialization.Cloning;
using Orleans.Serialization.Codecs;
using Orleans.Serialization.WireProtocol;

namespace OrleansTrain.Grains.Data.Dedicated;

/// <summary>Writes a chunk straight from the block's native memory and reads it straight into native memory.</summary>
[RegisterSerializer]
internal sealed class BlockChunkCodec : IFieldCodec<BlockChunk>
{
    /// <inheritdoc/>
    public void WriteField<TBufferWriter>(ref Writer<TBufferWriter> writer, uint fieldIdDelta, Type? expectedType, BlockChunk? value)
        where TBufferWriter : IBufferWriter<byte>
    {
        ArgumentNullException.ThrowIfNull(value);
        ReferenceCodec.MarkValueField(writer.Session);
        writer.WriteFieldHeader(fieldIdDelta, expectedType, typeof(BlockChunk), WireType.LengthPrefixed);
        using (value)
        {
            var bytes = value.Bytes;
            writer.WriteVarUInt32((uint)bytes.Length);
            writer.Write(bytes);
        }
    }

    /// <inheritdoc/>
    public BlockChunk ReadValue<TInput>(ref Reader<TInput> reader, Field field)
    {
        ReferenceCodec.MarkValueField(reader.Session);
        var length = reader.ReadVarUInt32();
        if (length > RemoteBlocks.ChunkBytes)
        {
            throw new InvalidDataException($"A chunk of a block has {length} bytes, more than the {RemoteBlocks.ChunkBytes} that are ever asked for.");
        }

        var chunk = new BlockChunk((int)length);
        reader.ReadBytes(chunk.Writable);
        return chunk;
    }
}

/// <summary>Within a silo a chunk is handed over as it is.</summary>
[RegisterCopier]
internal sealed class BlockChunkCopier : IDeepCopier<BlockChunk>
{
    /// <inheritdoc/>
    [return: NotNullIfNotNull(nameof(input))]
    public BlockChunk? DeepCopy(BlockChunk? input, CopyContext context) => input;
}
