using System.Text.Encodings.Web;
using System.Text.Json;
using OrleansTrain.Data.Statistics;

namespace OrleansTrain.Grains.Data;

/// <summary>
/// What was learnt from the training data before the first step, and what somebody who uses the model must know to prepare data for it. Immutable.
/// </summary>
/// <param name="Columns">Means and deviations that columns are standardised with.</param>
/// <param name="Vocabularies">Categories that columns are encoded by.</param>
public sealed record FittedPreprocessing(IReadOnlyList<ColumnSummary> Columns, IReadOnlyList<Vocabulary> Vocabularies)
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>
    /// <c>{"standardise": {COLUMN: {"mean": […], "deviation": […], "min": …, "max": …, "count": …}}, "categories": {COLUMN: {CATEGORY: count}}}</c>;
    /// null when nothing was learnt. The categories are in the order of their numbers.
    /// </summary>
    public byte[]? ToJson()
    {
        if (Columns.Count == 0 && Vocabularies.Count == 0)
        {
            return null;
        }

        var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Indented))
        {
            json.WriteStartObject();
            json.WriteStartObject("standardise");
            foreach (var column in Columns)
            {
                json.WriteStartObject(column.Column);
                Write(json, "mean", column.Mean);
                Write(json, "deviation", column.Deviation);
                Write(json, "min", column.Min);
                Write(json, "max", column.Max);
                Write(json, "count", column.Count.Select(count => (double)count));
                json.WriteEndObject();
            }

            json.WriteEndObject();
            json.WriteStartObject("categories");
            foreach (var vocabulary in Vocabularies)
            {
                json.WriteStartObject(vocabulary.Column);
                foreach (var (category, count) in vocabulary.Categories.Zip(vocabulary.Counts))
                {
                    json.WriteNumber(category, count);
                }

                json.WriteEndObject();
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private static void Write(Utf8JsonWriter json, string name, IEnumerable<double> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteNumberValue(double.IsFinite(value) ? value : 0);
        }

        json.WriteEndArray();
    }
}
