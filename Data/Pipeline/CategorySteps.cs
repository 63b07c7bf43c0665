using System.Globalization;
using OrleansTrain.Data.Reading;
using OrleansTrain.Data.Statistics;

namespace OrleansTrain.Data.Pipeline;

/// <summary>Finds the categories that a pipeline encodes, and encodes them once they are known.</summary>
internal static class CategorySteps
{
    /// <summary>The categories in a block's records, after the steps that come before the last encoding; what is encoded itself stays text for that.</summary>
    /// <exception cref="DatasetException">A record is bad and may not be skipped, or a tensor step comes before an encoding.</exception>
    public static IReadOnlyList<Vocabulary> Categories(BlockContent content, DataPipeline pipeline, ReadSettings settings)
    {
        var last = pipeline.Steps.ToList().FindLastIndex(step => step is PipelineStep.Encode);
        var steps = pipeline.Steps.Take(last).Where(step => step is not PipelineStep.Encode).ToList();
        if (steps.Find(step => step is PipelineStep.Tensors) is { } tensors)
        {
            throw new DatasetException($"Step '{tensors.Key}' works on tensors, which have no text: encode columns before it.");
        }

        var counts = pipeline.Encoded.ToDictionary(column => column, _ => new SortedDictionary<string, long>(StringComparer.Ordinal), StringComparer.Ordinal);
        switch (content)
        {
            case BlockContent.Loose loose:
                Count(loose.Records, steps, counts, settings);
                break;
            case BlockContent.Ready { Block: var block }:
                try
                {
                    Count(BlockRecords.Of(block), steps, counts, settings);
                }
                finally
                {
                    block.Release();
                }

                break;
        }

        return [.. pipeline.Encoded.Select(column => Vocabulary.Of(column, counts[column]))];
    }

    /// <summary>The step that does what an encoding says with the categories found.</summary>
    public static PipelineStep Resolve(PipelineStep.Encode step, Vocabulary vocabulary)
    {
        var numbers = vocabulary.Categories.Select((category, i) => (category, i)).ToDictionary(pair => pair.category, pair => pair.i, StringComparer.Ordinal);
        var key = $"{step.Key}: {string.Join('|', vocabulary.Categories)}";
        return step.Encoding == CategoryEncoding.OneHot
            ? new PipelineStep.Map(key, record => OneHot(record, step.Column, numbers))
            : new PipelineStep.Map(key, record => Number(record, step.Column, numbers));
    }

    private static void Count(
        IEnumerable<Func<Record>> records, List<PipelineStep> steps, Dictionary<string, SortedDictionary<string, long>> counts, ReadSettings settings)
    {
        foreach (var decode in records)
        {
            try
            {
                if (BlockSteps.Run(decode, steps) is { } record)
                {
                    foreach (var (column, found) in counts)
                    {
                        if (CategoryOf(record[column]) is { Length: > 0 } category)
                        {
                            Vocabulary.Add(found, column, category, 1);
                        }
                    }
                }
            }
            catch (DatasetException) when (settings.SkipBad)
            {
                // Counted, and refused if there are too many, when the block is loaded.
            }
        }
    }

    private static Record OneHot(Record record, string column, Dictionary<string, int> numbers)
    {
        var values = new float[numbers.Count];
        if (numbers.TryGetValue(CategoryOf(record[column]), out var number))
        {
            values[number] = 1;
        }

        record[column] = Field.Of(values, values.Length);
        return record;
    }

    private static Record Number(Record record, string column, Dictionary<string, int> numbers)
    {
        var category = CategoryOf(record[column]);
        if (!numbers.TryGetValue(category, out var number))
        {
            throw new DatasetException($"column '{column}' is '{category}', which the split 'train' does not have.");
        }

        record[column] = Field.Of((long)number);
        return record;
    }

    private static string CategoryOf(Field field) => field.IsText
        ? field.AsText()
        : field.AsNumber() is var number && double.IsNaN(number) ? "" : number.ToString(CultureInfo.InvariantCulture);
}
