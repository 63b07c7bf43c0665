using System.Globalization;
using CsvHelper;
using OrleansTrain.Data.Formats;
using OrleansTrain.Data.Reading;
using OrleansTrain.Data.Schema;

namespace OrleansTrain.Data.Text;

/// <summary>
/// CSV with a header: numbers become float32, or int64 where the first records have whole numbers only; anything else is text.
/// Empty numbers are NaN in float columns and an error in others.
/// </summary>
internal sealed class CsvDatasetReader(DataFormat format) : TextReaderBase(format)
{
    private const int Sampled = 1000;

    private readonly DataFormat _format = format;

    protected override string[] Endings { get; } = [".csv", ".tsv"];

    protected override int Header => _format.Option("header") == "none" ? 0 : 1;

    protected override char? Quoting(string name) => Delimiter(name);

    protected override IReadOnlyList<TextColumn> Infer(string sample, string name)
    {
        var rows = Rows(sample, name).Take(Sampled + Header).ToList();
        if (rows.Count <= Header)
        {
            throw new DatasetException($"{name} has no records.");
        }

        var names = Header == 1 ? rows[0].Fields : [.. rows[0].Fields.Select((_, i) => $"c{i.ToString(CultureInfo.InvariantCulture)}")];
        if (Types.Keys.FirstOrDefault(type => !names.Contains(type)) is { } unknown)
        {
            throw new DatasetException($"{name} has no column '{unknown}'; it has {string.Join(", ", names.Select(column => $"'{column}'"))}.");
        }

        var good = rows.Skip(Header).Where(row => !row.Bad && row.Fields.Length == names.Length).ToList();
        return [.. names.Select((column, i) => new TextColumn(
            column, Types.TryGetValue(column, out var type) ? type : TypeOf(good.Select(row => row.Fields[i])), []))];
    }

    protected override void CheckHeader(string sample, string name, IReadOnlyList<TextColumn> columns, string first)
    {
        var found = Rows(sample, name).Select(row => row.Fields).FirstOrDefault() ?? [];
        if (!found.SequenceEqual(columns.Select(column => column.Name)))
        {
            throw new DatasetException(
                $"{name} has the columns {string.Join(", ", found)}; expected {string.Join(", ", columns.Select(column => column.Name))} as in {first}, in this order.");
        }
    }

    protected override IEnumerable<Func<Record>> Parse(string text, string name, long firstRecord, IReadOnlyList<TextColumn> columns)
    {
        foreach (var (fields, bad) in Rows(text, name))
        {
            var origin = $"{name} record {(firstRecord++).ToString(CultureInfo.InvariantCulture)}";
            yield return () => Read(fields, bad, columns, origin);
        }
    }

    private static Record Read(string[] fields, bool bad, IReadOnlyList<TextColumn> columns, string origin)
    {
        if (bad || fields.Length != columns.Count)
        {
            throw new DatasetException(bad
                ? $"{origin}: a quotation mark is where none may be."
                : $"{origin} has {fields.Length} fields, expected {columns.Count}.");
        }

        var record = new Record(origin);
        for (var i = 0; i < fields.Length; i++)
        {
            record[columns[i].Name] = columns[i].Type is null ? Field.Of(fields[i]) : Number(fields[i], columns[i], origin);
        }

        return record;
    }

    private static Field Number(string text, TextColumn column, string origin)
    {
        if (column.Type == ElementType.Int64 && long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var whole))
        {
            return Field.Of(whole);
        }

        var number = text.Length == 0 && column.Type!.Value.IsFloat()
            ? double.NaN
            : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var parsed)
                ? parsed
                : throw new DatasetException(
                    $"{origin}: column '{column.Name}' is {column.Type!.Value.Name()}, found '{text}': correct the data, or name the column's type.");
        return column.Pack([number], origin);
    }

    private static ElementType? TypeOf(IEnumerable<string> values)
    {
        var (any, blank, whole) = (false, false, true);
        foreach (var value in values)
        {
            blank |= value.Length == 0;
            if (value.Length == 0)
            {
                continue;
            }

            any = true;
            if (!double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out _))
            {
                return null;
            }

            whole &= long.TryParse(value, NumberStyles.Integer, CultureInfo.InvariantCulture, out _);
        }

        return !any ? null : whole && !blank ? ElementType.Int64 : ElementType.Float32;
    }

    /// <summary>As named; else a tab in <c>.tsv</c>, a comma in others.</summary>
    private char Delimiter(string name) => _format.Option("delimiter") switch
    {
        null => name.EndsWith(".tsv", StringComparison.OrdinalIgnoreCase) ? '\t' : ',',
        { Length: 1 } named => named[0],
        _ => throw new DatasetException("The delimiter of CSV is one character."),
    };

    private IEnumerable<(string[] Fields, bool Bad)> Rows(string text, string name)
    {
        var bad = false;
        using var reader = CsvReader.FromText(text, new CsvReaderOptions
        {
            HasHeader = false,
            Separator = Delimiter(name),
            DetectSeparatorHint = false,
            OnMalformedRecord = _ => bad = true,
        });
        while (Read(reader, name))
        {
            yield return ([.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetString)], bad);
            bad = false;
        }
    }

    private static bool Read(CsvReader reader, string name)
    {
        try
        {
            return reader.Read();
        }
        catch (CsvFormatException error)
        {
            throw new DatasetException($"{name} is no CSV: {error.Message}", error);
        }
    }
}
