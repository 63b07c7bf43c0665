using OrleansTrain.Data.Batches;
using OrleansTrain.Data.Blocks;

namespace OrleansTrain.Data.Statistics;

/// <summary>Summarises columns of one block.</summary>
internal static class BlockSummary
{
    /// <summary>One summary a column. The caller holds a reference to the block.</summary>
    /// <param name="records">The records that count; null: all of them.</param>
    public static IReadOnlyList<ColumnSummary> Of(DataBlock block, IReadOnlyList<string> columns, IReadOnlyList<int>? records = null)
    {
        records ??= [.. Enumerable.Range(0, block.Count)];
        return [.. columns.Select(column => Of(block, column, records))];
    }

    // Two passes over the block: the first for the mean, the second for the deviations from it. Exact enough for any values.
    private static unsafe ColumnSummary Of(DataBlock block, string name, IReadOnlyList<int> records)
    {
        var (column, offset) = block.Schema.Find(name);
        var summary = ColumnSummary.Empty(column);
        var groups = summary.Count.Length;
        var values = new float[column.Length];
        var each = values.Length / groups;
        for (var pass = 0; pass < 2; pass++)
        {
            foreach (var record in records)
            {
                fixed (float* target = values)
                {
                    Gather.ToFloat(column.Type, block.Start + ((long)record * block.Schema.RecordBytes) + offset, target, values.Length, 1, 0);
                }

                for (var i = 0; i < values.Length; i++)
                {
                    if (!float.IsNaN(values[i]))
                    {
                        Add(summary, i / each, values[i], pass);
                    }
                }
            }

            for (var group = 0; pass == 0 && group < groups; group++)
            {
                summary.Mean[group] /= Math.Max(1, summary.Count[group]);
            }
        }

        return summary;
    }

    private static void Add(ColumnSummary summary, int group, double value, int pass)
    {
        if (pass == 0)
        {
            summary.Count[group]++;
            summary.Mean[group] += value;
            summary.Min[group] = Math.Min(summary.Min[group], value);
            summary.Max[group] = Math.Max(summary.Max[group], value);
        }
        else
        {
            var apart = value - summary.Mean[group];
            summary.SquaredDeviation[group] += apart * apart;
        }
    }
}
