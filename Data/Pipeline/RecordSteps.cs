using OrleansTrain.Data.Reading;

namespace OrleansTrain.Data.Pipeline;

/// <summary>Steps that tables often need.</summary>
public static class RecordSteps
{
    /// <summary>Text becomes the number of its category (int64), counted from 0 in the order given.</summary>
    /// <exception cref="DatasetException">When a block is loaded: a record has another category.</exception>
    public static DataPipeline Categories(this DataPipeline pipeline, string column, params string[] categories) =>
        pipeline.Map($"categories {column}: {string.Join('|', categories)}", record =>
        {
            record[column] = Field.Of((long)IndexOf(record, column, categories));
            return record;
        });

    /// <summary>Text becomes float32 [categories]: 1 at its category, 0 elsewhere.</summary>
    /// <exception cref="DatasetException">When a block is loaded: a record has another category.</exception>
    public static DataPipeline OneHot(this DataPipeline pipeline, string column, params string[] categories) =>
        pipeline.Map($"one-hot {column}: {string.Join('|', categories)}", record =>
        {
            var values = new float[categories.Length];
            values[IndexOf(record, column, categories)] = 1;
            record[column] = Field.Of(values, values.Length);
            return record;
        });

    /// <summary>A missing number (NaN) becomes this one.</summary>
    public static DataPipeline FillMissing(this DataPipeline pipeline, string column, float value) =>
        pipeline.Map($"fill {column} with {BitConverter.SingleToInt32Bits(value):x}", record =>
        {
            record[column] = double.IsNaN(record[column].AsNumber()) ? Field.Of(value) : record[column];
            return record;
        });

    /// <summary>Takes columns away that are not trained on.</summary>
    public static DataPipeline Drop(this DataPipeline pipeline, params string[] columns) =>
        pipeline.Map($"drop {string.Join('|', columns)}", record =>
        {
            foreach (var column in columns)
            {
                record.Remove(column);
            }

            return record;
        });

    private static int IndexOf(Record record, string column, string[] categories)
    {
        var text = record[column].AsText();
        var index = Array.IndexOf(categories, text);
        return index >= 0 ? index : throw new DatasetException($"column '{column}' is '{text}': expected one of {string.Join(", ", categories)}.");
    }
}
