using System.Globalization;
using System.Text.Json;
using OrleansTrain.Data.Formats;
using OrleansTrain.Data.Reading;
using OrleansTrain.Data.Schema;

namespace OrleansTrain.Data.Text;

/// <summary>
/// One JSON object a line. Numbers become int64 where the first records have whole numbers only, else float32, null being NaN; arrays of numbers, nested to one
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
        List<TextColumn>? columns = null;
        DatasetException? bad = null;
        foreach (var (number, line) in Lines(sample).Take(Sampled).Index())
        {
            try
            {
                var found = Describe(line, $"{name} record {number.ToString(CultureInfo.InvariantCulture)}");
                columns = columns?.ConvertAll(column => Widen(column, found)) ?? found;
            }
            catch (DatasetException error)
            {
                bad ??= error;
            }
        }

        return columns is { Count: > 0 } ? columns : throw bad ?? new DatasetException($"{name} has no records.");
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

    private static T Take<T>(string line, string origin, Func<JsonElement, T> take)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            return json.RootElement.ValueKind == JsonValueKind.Object ? take(json.RootElement) : throw new DatasetException($"{origin} is no JSON object.");
        }
        catch (JsonException error)
        {
            throw new DatasetException($"{origin} is no JSON: {error.Message}", error);
        }
        catch (InvalidOperationException error)
        {
            // Half of a surrogate pair, written as \uD83D, is JSON; that it is no text shows only when the name or value is taken out.
            throw new DatasetException($"{origin} holds a text that is no Unicode: {error.Message}", error);
        }
    }

    private static Record Read(string line, IReadOnlyList<TextColumn> columns, string origin) => Take(line, origin, json =>
    {
        var record = new Record(origin);
        foreach (var column in columns)
        {
            if (!json.TryGetProperty(column.Name, out var value))
            {
                throw new DatasetException($"{origin} has no '{column.Name}'.");
            }

            record[column.Name] = Value(value, column, origin);
        }

        return record;
    });

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

    /// <summary>The columns of one record.</summary>
    private List<TextColumn> Describe(string line, string origin) =>
        Take(line, origin, json => json.EnumerateObject().Select(property => Describe(property, origin)).ToList());

    // Whole numbers of which one has a fraction or is null are float32, as in CSV; what else differs from the first record is an error of the record that does.
    private static TextColumn Widen(TextColumn column, List<TextColumn> record) =>
        column.Type == ElementType.Int64 && record.Find(other => other.Name == column.Name) is { Type: ElementType.Float32, Shape.Count: 0 } wider ? wider : column;

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
