using OrleansTrain.Data.Blocks;
using OrleansTrain.Data.Reading;

namespace OrleansTrain.Data.Pipeline;

/// <summary>Does a pipeline's steps to a block. Takes over the content's reference and gives back that of the result.</summary>
internal static class BlockSteps
{
    public static DataBlock Apply(BlockContent content, DataPipeline pipeline, ReadSettings settings)
    {
        for (var next = 0; ;)
        {
            var steps = pipeline.Steps.Skip(next).TakeWhile(step => step is not PipelineStep.Tensors).ToList();
            next += steps.Count;
            var block = content is BlockContent.Ready { Block: var ready } && steps.Count == 0
                ? ready
                : Repack(content, steps, pipeline.ChangesCounts, settings);
            if (next == pipeline.Steps.Count)
            {
                return block;
            }

            content = new BlockContent.Ready(TensorStep.Apply(block, (PipelineStep.Tensors)pipeline.Steps[next++]));
        }
    }

    private static DataBlock Repack(BlockContent content, List<PipelineStep> steps, bool countsMayChange, ReadSettings settings)
    {
        switch (content)
        {
            case BlockContent.Loose loose:
                return Pack(loose.Records, loose.Origin, steps, countsMayChange, settings);
            case BlockContent.Ready { Block: var block }:
                try
                {
                    return Pack(BlockRecords.Of(block), block.Origin, steps, countsMayChange, settings);
                }
                finally
                {
                    block.Release();
                }

            default:
                throw new InvalidOperationException($"Unknown content {content.GetType().Name}.");
        }
    }

    /// <summary>
    /// A bad record that may be skipped is replaced by a neighbour, so that the block keeps the number of records that the order of the data
    /// was made with; where a filter makes the numbers unknown anyway it is left out.
    /// </summary>
    private static DataBlock Pack(IEnumerable<Func<Record>> records, string origin, List<PipelineStep> steps, bool countsMayChange, ReadSettings settings)
    {
        var builder = new BlockBuilder(origin);
        var (total, bad, owed) = (0, 0, 0);
        DatasetException? first = null;
        foreach (var decode in records)
        {
            total++;
            try
            {
                if (Run(decode, steps) is { } record)
                {
                    builder.Add(record);
                    for (; owed > 0; owed--)
                    {
                        builder.Repeat();
                    }
                }
            }
            catch (DatasetException error) when (settings.SkipBad)
            {
                first ??= error;
                bad++;
                if (!countsMayChange && builder.Count > 0)
                {
                    builder.Repeat();
                }
                else if (!countsMayChange)
                {
                    owed++;
                }
            }
        }

        return bad <= Math.Max(1, settings.MostBad * total) && (bad < total || bad == 0)
            ? builder.Build(bad)
            : throw new DatasetException($"{bad} of {total} records of {origin} are bad, more than may be skipped; the first: {first!.Message}", first);
    }

    /// <summary>A record after these steps, or null when a filter drops it.</summary>
    /// <exception cref="DatasetException">It is bad, or a step failed.</exception>
    public static Record? Run(Func<Record> decode, List<PipelineStep> steps)
    {
        var record = decode();
        foreach (var step in steps)
        {
            try
            {
                if (step is PipelineStep.Filter filter && !filter.Keep(record))
                {
                    return null;
                }

                record = step is PipelineStep.Map map ? map.Apply(record) : record;
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                throw new DatasetException($"{record.Origin}: step '{step.Key}' failed: {error.Message}", error);
            }
        }

        return record;
    }
}
