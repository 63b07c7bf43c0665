using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace OrleansTrain.Tracking.Batching;

/// <summary>Length of a value's JSON in bytes, as it will be sent.</summary>
internal sealed class JsonSize
{
    private readonly ArrayBufferWriter<byte> _buffer = new();

    public int Of<T>(T value, JsonTypeInfo<T> type)
    {
        _buffer.ResetWrittenCount();
        using var writer = new Utf8JsonWriter(_buffer);
        JsonSerializer.Serialize(writer, value, type);
        writer.Flush();
        return _buffer.WrittenCount;
    }
}
