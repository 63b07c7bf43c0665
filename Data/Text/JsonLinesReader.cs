using System.Globalization;
using System.Text.Json;
using OrleansTrain.Data.Formats;
using OrleansTrain.Data.Reading;
using OrleansTrain.Data.Schema;

namespace OrleansTrain.Data.Text;

/// <summary>
/// One JSON object a line. Numbers become int64 where the first records have whole numbers only, else float32; arrays of numbers, nested to one
/// shape, float32; true and false int64; strings text. The first record says which columns there are.
/// </summary>
internal sealed class JsonLinesReader(DataFormat format) : TextReaderBase(format)
{
    private const int Sampled = 1000;

    protected override string[] Endings { get; } = [".jsonl", ".ndjson"];

    protected override char? Quoting(string name) => null;

    protected override int Header => 0;

    protected override IReadOnlyList<TextColumn> Infer(string sample, string name)
    {
        var columns = new List<TextColumn>();
        foreach (var (number, line) in Lines(sample).Take(Sampled).Index())
        {
            var origin = $"{name} record {number.ToString(CultureInfo.InvariantCulture)}";
            using var json = Open(line, origin);
            foreach (var property in json.RootElement.EnumerateObject())
            {
                var index = columns.FindIndex(column => column.Name == property.Name);
                if (number == 0)
                {
                    columns.Add(Describe(property, origin));
                }
                else if (index >= 0 && columns[index].Type == ElementType.Int64 && property.Value.ValueKind == JsonValueKind.Number)
                {
                    columns[index] = Describe(property, origin);
                }
            }
        }

        return columns.Count > 0 ? columns : throw new DatasetException($"{name} has no records.");
    }

    protected override IEnumerable<Func<Record>> Parse(string text, string name, long firstRecord, IReadOnlyList<TextColumn> columns)
    {
        foreach (var line in Lines(text))
        {
            var origin = $"{name} record {(firstRecord++).ToString(CultureInfo.InvariantCulture)}";
            yield return () => Read(line, columns, origin);
        }
    }

    private static IEnumerable<string> Lines(string text) => text.Split('\n').Where(line => !string.IsNullOrWhiteSpace(line));

    private static JsonDocument Open(string line, string origin)
    {
        try
        {
            var json = JsonDocument.Parse(line);
            return json.RootElement.ValueKind == JsonValueKind.Object ? json : throw new DatasetException($"{origin} is no JSON object.");
        }
        catch (JsonException error)
        {
            throw new DatasetException($"{origin} is no JSON: {error.Message}", error);
        }
    }

    private static Record Read(string line, IReadOnlyList<TextColumn> columns, string origin)
    {
        using var json = Open(line, origin);
        var record = new Record(origin);
        foreach (var column in columns)
        {
            if (!json.RootElement.TryGetProperty(column.Name, out var value))
            {
                throw new DatasetException($"{origin} has no '{column.Name}'.");
            }

            record[column.Name] = Value(value, column, origin);
        }

        return record;
    }

    private static Field Value(JsonElement value, TextColumn column, string origin)
    {
        if (column.Type is null)
        {
            return Field.Of(value.ValueKind switch
            {
                JsonValueKind.String => value.GetString()!,
                JsonValueKind.Null => "",
                _ => value.GetRawText(),
            });
        }

        if (column.Type == ElementType.Int64 && column.Shape.Count == 0 && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var whole))
        {
            return Field.Of(whole);
        }

        var shape = new List<int>();
        var numbers = new List<double>();
        Collect(value, 0, shape, numbers, $"{origin}: '{column.Name}'");
        return shape.SequenceEqual(column.Shape)
            ? column.Pack(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(numbers), origin)
            : throw new DatasetException($"{origin}: '{column.Name}' has shape [{string.Join(',', shape)}], expected [{string.Join(',', column.Shape)}].");
    }

    private static void Collect(JsonElement value, int depth, List<int> shape, List<double> numbers, string origin)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Array:
                var length = value.GetArrayLength();
                if (shape.Count == depth)
                {
                    shape.Add(length);
                }
                else if (shape[depth] != length)
                {
                    throw new DatasetException($"{origin} is a ragged array: {length} next to {shape[depth]} elements.");
                }

                foreach (var element in value.EnumerateArray())
                {
                    Collect(element, depth + 1, shape, numbers, origin);
                }

                break;
            case JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False or JsonValueKind.Null when shape.Count == depth:
                numbers.Add(value.ValueKind switch
                {
                    JsonValueKind.Number => value.GetDouble(),
                    JsonValueKind.Null => double.NaN,
                    _ => value.ValueKind == JsonValueKind.True ? 1 : 0,
                });
                break;
            default:
                throw new DatasetException($"{origin} holds {value.ValueKind.ToString().ToLowerInvariant()} where a number was expected.");
        }
    }

    private TextColumn Describe(JsonProperty property, string origin)
    {
        var shape = new List<int>();
        if (property.Value.ValueKind == JsonValueKind.Array)
        {
            Collect(property.Value, 0, shape, [], $"{origin}: '{property.Name}'");
        }

        if (Types.TryGetValue(property.Name, out var named))
        {
            return new TextColumn(property.Name, named, shape);
        }

        return property.Value.ValueKind switch
        {
            JsonValueKind.Array or JsonValueKind.Null => new TextColumn(property.Name, ElementType.Float32, shape),
            JsonValueKind.Number => new TextColumn(property.Name, property.Value.TryGetInt64(out _) ? ElementType.Int64 : ElementType.Float32, []),
            JsonValueKind.True or JsonValueKind.False => new TextColumn(property.Name, ElementType.Int64, []),
            _ => new TextColumn(property.Name, null, []),
        };
    }
}
