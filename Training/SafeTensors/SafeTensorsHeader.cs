using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;

namespace OrleansTrain.Training.SafeTensors;

/// <summary>
/// The header of a safetensors file: 8 bytes of length, then JSON that says where each tensor lies.
/// Format: huggingface/safetensors, README and safetensors/src/tensor.rs.
/// </summary>
/// <param name="Entries">The tensors, in order of their bytes.</param>
/// <param name="Metadata">Free text by key.</param>
internal sealed record SafeTensorsHeader(IReadOnlyList<SafeTensorsEntry> Entries, IReadOnlyDictionary<string, string> Metadata)
{
    /// <summary>Bytes of the length that a file begins with.</summary>
    public const int LengthBytes = 8;

    /// <summary>The format's own limit.</summary>
    public const int MostBytes = 100_000_000;

    private const string MetadataKey = "__metadata__";

    /// <summary>The length that a file's first bytes announce.</summary>
    /// <param name="start">The first <see cref="LengthBytes"/> bytes.</param>
    /// <param name="fileLength">Bytes in the file.</param>
    /// <exception cref="SafeTensorsException">It cannot be.</exception>
    public static int ReadLength(ReadOnlySpan<byte> start, long fileLength)
    {
        if (start.Length < LengthBytes)
        {
            throw new SafeTensorsException($"Expected a safetensors file, found {fileLength} bytes: too short for a header.");
        }

        var length = BinaryPrimitives.ReadUInt64LittleEndian(start);
        return length <= Math.Min(MostBytes, (ulong)(fileLength - LengthBytes))
            ? (int)length
            : throw new SafeTensorsException($"Expected a safetensors header of at most {fileLength - LengthBytes} bytes, found a length of {length}.");
    }

    /// <summary>Reads the JSON and checks every offset against the file.</summary>
    /// <param name="json">The header without its length.</param>
    /// <param name="dataLength">Bytes that follow it.</param>
    /// <exception cref="SafeTensorsException">It is malformed, or its tensors do not lie within the file, one behind the other.</exception>
    public static SafeTensorsHeader Parse(ReadOnlySpan<byte> json, long dataLength)
    {
        var entries = new List<SafeTensorsEntry>();
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        var names = new HashSet<string>(StringComparer.Ordinal);
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 8 });
            Expect(reader.Read() && reader.TokenType == JsonTokenType.StartObject, "an object");
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString()!;
                Expect(names.Add(name), $"'{name}' once");
                reader.Read();
                if (name == MetadataKey)
                {
                    ReadMetadata(ref reader, metadata);
                }
                else
                {
                    entries.Add(ReadEntry(ref reader, name));
                }
            }

            Expect(reader.TokenType == JsonTokenType.EndObject && !reader.Read(), "nothing after the object");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException or OverflowException)
        {
            throw new SafeTensorsException($"The safetensors header is malformed: {exception.Message}", exception);
        }

        entries.Sort((left, right) => (left.Begin, left.End).CompareTo((right.Begin, right.End)));
        CheckLayout(entries, dataLength);
        return new SafeTensorsHeader(entries, metadata);
    }

    /// <summary>The header as a file begins with it: length and JSON, padded with spaces so that the data starts on 64 bytes.</summary>
    public byte[] Write()
    {
        const int Alignment = 64;
        var buffer = new ArrayBufferWriter<byte>();
        buffer.Write(stackalloc byte[LengthBytes]);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (Metadata.Count > 0)
            {
                json.WriteStartObject(MetadataKey);
                foreach (var (key, value) in Metadata.OrderBy(entry => entry.Key, StringComparer.Ordinal))
                {
                    json.WriteString(key, value);
                }

                json.WriteEndObject();
            }

            foreach (var entry in Entries)
            {
                WriteEntry(json, entry);
            }

            json.WriteEndObject();
        }

        var padded = (buffer.WrittenCount + Alignment - 1) / Alignment * Alignment;
        var bytes = new byte[padded];
        buffer.WrittenSpan.CopyTo(bytes);
        bytes.AsSpan(buffer.WrittenCount).Fill((byte)' ');
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, (ulong)(padded - LengthBytes));
        return bytes;
    }

    private static void WriteEntry(Utf8JsonWriter json, SafeTensorsEntry entry)
    {
        json.WriteStartObject(entry.Name);
        json.WriteString("dtype", entry.Dtype);
        json.WriteStartArray("shape");
        foreach (var dimension in entry.Shape)
        {
            json.WriteNumberValue(dimension);
        }

        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(entry.Begin);
        json.WriteNumberValue(entry.End);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void ReadMetadata(ref Utf8JsonReader reader, Dictionary<string, string> metadata)
    {
        Expect(reader.TokenType == JsonTokenType.StartObject, $"an object as {MetadataKey}");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            reader.Read();
            Expect(reader.TokenType == JsonTokenType.String, $"text as {MetadataKey}.{key}");
            metadata[key] = reader.GetString()!;
        }
    }

    private static SafeTensorsEntry ReadEntry(ref Utf8JsonReader reader, string name)
    {
        Expect(reader.TokenType == JsonTokenType.StartObject, $"an object as '{name}'");
        string? dtype = null;
        List<long>? shape = null, offsets = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString();
            reader.Read();
            switch (key)
            {
                case "dtype":
                    dtype = reader.GetString();
                    break;
                case "shape":
                    shape = ReadNumbers(ref reader);
                    break;
                case "data_offsets":
                    offsets = ReadNumbers(ref reader);
                    break;
                default:
                    throw new SafeTensorsException($"The safetensors header is malformed: tensor '{name}' has an unknown key '{key}'.");
            }
        }

        Expect(dtype is not null && shape is not null && offsets is { Count: 2 }, $"dtype, shape and two data_offsets for '{name}'");
        return new SafeTensorsEntry(name, dtype!, shape!, offsets![0], offsets[1]);
    }

    private static List<long> ReadNumbers(ref Utf8JsonReader reader)
    {
        Expect(reader.TokenType == JsonTokenType.StartArray, "an array of numbers");
        var numbers = new List<long>();
        while (reader.Read() && reader.TokenType == JsonTokenType.Number)
        {
            numbers.Add(reader.GetInt64());
        }

        Expect(reader.TokenType == JsonTokenType.EndArray, "an array of numbers");
        return numbers;
    }

    private static void CheckLayout(List<SafeTensorsEntry> entries, long dataLength)
    {
        long at = 0;
        foreach (var entry in entries)
        {
            var size = SafeTensorsDtype.Size(entry.Dtype)
                ?? throw new SafeTensorsException($"Tensor '{entry.Name}' is of unknown type '{entry.Dtype}'.");
            long bytes = size;
            foreach (var dimension in entry.Shape)
            {
                // Within the file every product is small; the check keeps a foreign one from overflowing.
                Expect(dimension >= 0 && (dimension == 0 || bytes <= long.MaxValue / dimension), $"possible dimensions for '{entry.Name}'");
                bytes *= dimension;
            }

            if (entry.Begin != at || entry.End - entry.Begin != bytes || entry.End < entry.Begin || entry.End > dataLength)
            {
                throw new SafeTensorsException(
                    $"Tensor '{entry.Name}' of {bytes} bytes: expected it at {at} of {dataLength} bytes, found {entry.Begin} to {entry.End}.");
            }

            at = entry.End;
        }

        if (at != dataLength)
        {
            throw new SafeTensorsException($"Expected the tensors to fill the file's {dataLength} bytes, found {at}.");
        }
    }

    private static void Expect(bool holds, string what)
    {
        if (!holds)
        {
            throw new SafeTensorsException($"The safetensors header is malformed: expected {what}.");
        }
    }
}
