using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using OrleansTrain.Tracking.Server.Protocol;

namespace OrleansTrain.Tracking.Server.Http;

/// <summary>Answers in JSON, indented as MLflow indents them.</summary>
internal static class JsonAnswer
{
    private const string ContentType = "application/json";

    /// <summary>Quotes and angle brackets stand as they are: nothing here is put into a page.</summary>
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonWriterOptions Indented = Plain with { Indented = true, NewLine = "\n" };

    /// <param name="writeProperties">Writes what stands between the outermost braces.</param>
    public static Answer Write(Action<Utf8JsonWriter> writeProperties) => Write(StatusCodes.Status200OK, Indented, writeProperties);

    public static Answer Error(MlflowError error) => Write(error.Status, Plain, json =>
    {
        json.WriteString("error_code", error.Code);
        json.WriteString("message", error.Message);
    });

    private static Answer Write(int status, JsonWriterOptions options, Action<Utf8JsonWriter> writeProperties)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, options))
        {
            json.WriteStartObject();
            writeProperties(json);
            json.WriteEndObject();
        }

        return new Answer(status, ContentType, buffer.WrittenMemory);
    }
}
