using System.Text.Json;

namespace OrleansTrain.Tracking.Server.Protocol;

/// <summary>
/// Fills a message from JSON as protobuf's Python JSON parser does for MLflow's server: fields in the order they stand in the JSON,
/// unknown ones ignored, and at the first value that does not fit it stops and keeps what it has. MLflow then goes on with that half
/// message unless a check of the endpoint objects, which explains several of its odd answers.
/// </summary>
internal static class MessageReader
{
    /// <returns>False if a value did not fit.</returns>
    public static bool TryRead(JsonElement json, MessageType type, Message message)
    {
        foreach (var property in json.EnumerateObject())
        {
            if (type.Find(property.Name) is { } field && !TryReadField(property.Value, field, message))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryReadField(JsonElement value, Field field, Message message)
    {
        if (value.ValueKind == JsonValueKind.Null)
        {
            message.Clear(field.Name);
            return true;
        }

        return field.Repeated
            ? TryReadList(value, field, message)
            : TryReadSingle(value, field, single => message.Set(field.Name, single));
    }

    private static bool TryReadList(JsonElement value, Field field, Message message)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            return false;
        }

        var list = message.StartList(field.Name);
        foreach (var item in value.EnumerateArray())
        {
            if (!TryReadSingle(item, field, list.Add))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryReadSingle(JsonElement value, Field field, Action<object> keep)
    {
        if (field.Kind == FieldKind.Message)
        {
            if (value.ValueKind != JsonValueKind.Object)
            {
                return false;
            }

            var inner = new Message();
            keep(inner);
            return TryRead(value, field.Message!, inner);
        }

        if (ScalarReader.Read(value, field) is not { } scalar)
        {
            return false;
        }

        keep(scalar);
        return true;
    }
}
