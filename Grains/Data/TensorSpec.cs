using System.Text;
using System.Text.Json;
using OrleansTrain.Data.Schema;

namespace OrleansTrain.Grains.Data;

/// <summary>Describes columns as MLflow's <c>TensorDatasetSchema</c> does, so that its pages and clients understand them.</summary>
internal static class TensorSpec
{
    /// <summary><c>{"mlflow_tensorspec": {"features": "[…]", "targets": "[…]"}}</c>, the inner lists being JSON in a string.</summary>
    public static string Write(RecordSchema schema, string? target)
    {
        var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject("mlflow_tensorspec");
            json.WriteString("features", List(schema.Columns.Where(column => column.Name != target)));
            json.WriteString("targets", List(schema.Columns.Where(column => column.Name == target)));
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static string List(IEnumerable<Column> columns)
    {
        var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            foreach (var column in columns)
            {
                json.WriteStartObject();
                json.WriteString("type", "tensor");
                json.WriteString("name", column.Name);
                json.WriteStartObject("tensor-spec");
                json.WriteString("dtype", column.Type.ToString().ToLowerInvariant());
                json.WriteStartArray("shape");
                json.WriteNumberValue(-1);
                foreach (var size in column.Shape)
                {
                    json.WriteNumberValue(size);
                }

                json.WriteEndArray();
                json.WriteEndObject();
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}
