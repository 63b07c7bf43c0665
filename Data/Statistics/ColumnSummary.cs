using OrleansTrain.Data.Schema;

namespace OrleansTrain.Data.Statistics;

/// <summary>
/// Count, mean, squared deviations and range of a column's values, for each index of its first dimension. Immutable; summaries of parts are
/// merged in the order of the parts, so that the result is the same whoever computed them.
/// </summary>
/// <param name="Column">The column's name.</param>
/// <param name="Count">Values that are not missing.</param>
/// <param name="Mean">Their mean; 0 when there are none.</param>
/// <param name="SquaredDeviation">Sum of the squared deviations from the mean.</param>
public sealed record ColumnSummary(string Column, long[] Count, double[] Mean, double[] SquaredDeviation, double[] Min, double[] Max)
{
    /// <summary>Standard deviation over all values (not a sample's); 1 where all values are alike, so that one can divide by it.</summary>
    public IReadOnlyList<double> Deviation =>
        [.. SquaredDeviation.Zip(Count, (sum, count) => count > 0 && sum > 0 ? Math.Sqrt(sum / count) : 1)];

    /// <summary>Summary of no values.</summary>
    public static ColumnSummary Empty(Column column)
    {
        var length = column.Shape.Count == 0 ? 1 : column.Shape[0];
        return new ColumnSummary(
            column.Name, new long[length], new double[length], new double[length],
            [.. Enumerable.Repeat(double.PositiveInfinity, length)], [.. Enumerable.Repeat(double.NegativeInfinity, length)]);
    }

    /// <summary>
    /// Of both together: Chan, Golub and LeVeque, "Updating Formulae and a Pairwise Algorithm for Computing Sample Variances", 1979.
    /// </summary>
    public ColumnSummary Merge(ColumnSummary other)
    {
        var merged = new ColumnSummary(Column, [.. Count], [.. Mean], [.. SquaredDeviation], [.. Min], [.. Max]);
        for (var i = 0; i < Count.Length; i++)
        {
            var count = Count[i] + other.Count[i];
            if (other.Count[i] == 0)
            {
                continue;
            }

            var apart = other.Mean[i] - Mean[i];
            merged.Count[i] = count;
            merged.Mean[i] = Mean[i] + (apart * other.Count[i] / count);
            merged.SquaredDeviation[i] = SquaredDeviation[i] + other.SquaredDeviation[i] + (apart * apart * Count[i] / count * other.Count[i]);
            merged.Min[i] = Math.Min(Min[i], other.Min[i]);
            merged.Max[i] = Math.Max(Max[i], other.Max[i]);
        }

        return merged;
    }
}
