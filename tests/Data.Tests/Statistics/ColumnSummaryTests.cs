using CsCheck;
using OrleansTrain.Data.Blocks;
using OrleansTrain.Data.Schema;
using OrleansTrain.Data.Statistics;

namespace OrleansTrain.Data.Tests.Statistics;

public sealed class ColumnSummaryTests
{
    [Fact]
    public void PartsMergeToTheWhole() => Gen.Float[-1000, 1000].Array[1, 60].Select(Gen.Int[0, 60]).Sample((values, cut) =>
    {
        cut = Math.Min(cut, values.Length);
        var merged = Of(values[..cut]).Merge(Of(values[cut..]));
        var mean = values.Average(value => (double)value);
        Assert.Equal(values.Length, merged.Count[0]);
        Assert.Equal(mean, merged.Mean[0], 1e-6);
        Assert.Equal(values.Sum(value => (value - mean) * (value - mean)), merged.SquaredDeviation[0], 1e-3);
        Assert.Equal((values.Min(), values.Max()), (merged.Min[0], merged.Max[0]));
    });

    [Fact]
    public void MissingValuesDoNotCount()
    {
        var summary = Of([1, float.NaN, 3]);
        Assert.Equal((2, 2.0, 1.0), (summary.Count[0], summary.Mean[0], summary.Deviation[0]));
        Assert.Equal(1, Of([5, 5]).Deviation[0]);
        Assert.Equal(1, Of([]).Deviation[0]);
    }

    private static ColumnSummary Of(float[] values)
    {
        var block = DataBlock.Allocate(new RecordSchema([new Column("x", ElementType.Float32, [])]), values.Length, "test");
        System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()).CopyTo(block.Writable);
        var summary = BlockSummary.Of(block, ["x"])[0];
        block.Release();
        return summary;
    }
}
