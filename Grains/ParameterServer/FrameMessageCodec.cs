using System.Buffers;
using Orleans.Serialization.Buffers;
using Orleans.Serialization.Cloning;
using Orleans.Serialization.Codecs;
using Orleans.Serialization.WireProtocol;
using OrleansTrain.Exchange.Messages;

namespace OrleansTrain.Grains.ParameterServer;

/// <summary>Frames between native memory and the pages of Orleans' connections: no managed array in between.</summary>
[RegisterSerializer]
internal sealed class FrameMessageCodec : IFieldCodec<FrameMessage>
{
    public void WriteField<TBufferWriter>(ref Writer<TBufferWriter> writer, uint fieldIdDelta, Type? expectedType, FrameMessage? value)
        where TBufferWriter : IBufferWriter<byte>
    {
        ArgumentNullException.ThrowIfNull(value);
        ReferenceCodec.MarkValueField(writer.Session);
        writer.WriteFieldHeader(fieldIdDelta, expectedType, typeof(FrameMessage), WireType.LengthPrefixed);
        writer.WriteVarUInt32((uint)value.Length);
        writer.Write(value.Bytes);
    }

    public FrameMessage ReadValue<TInput>(ref Reader<TInput> reader, Field field)
    {
        ReferenceCodec.MarkValueField(reader.Session);
        field.EnsureWireType(WireType.LengthPrefixed);
        var message = FrameMessage.Rent(reader.ReadVarUInt32());
        reader.ReadBytes(message.Bytes);
        return message;
    }
}

/// <summary>A message is not changed while it is under way: no copy.</summary>
[RegisterCopier]
internal sealed class FrameMessageCopier : IDeepCopier<FrameMessage>
{
    public FrameMessage? DeepCopy(FrameMessage? input, CopyContext context) => input;
}
