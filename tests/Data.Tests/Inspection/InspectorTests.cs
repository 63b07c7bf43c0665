using OrleansTrain.Data.Inspection;
using OrleansTrain.Data.Tests.Formats;
using OrleansTrain.Tests.Shared;
using SkiaSharp;

namespace OrleansTrain.Data.Tests.Inspection;

public sealed class InspectorTests : IDisposable
{
    private readonly FormatFixture _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task MnistIsDescribed()
    {
        var report = await new DatasetInspector(_data.Stores).Inspect(Path.Combine(Repository.Root, "data", "mnist"));
        Assert.Equal(("mnist", "idx"), (report.Name, report.Format));
        Assert.Equal(["test", "train"], report.Splits.Select(split => split.Name));
        var train = report.Splits[1];
        Assert.Equal((60_000, 60_000, "label"), (train.Records, train.ReadRecords, train.ClassColumn));
        Assert.Equal("image uint8[28,28], label uint8[]", string.Join(", ", train.Columns));
        Assert.Equal([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949], train.Classes.Values);

        // 0.1307 and 0.3081 are what the world normalises MNIST with.
        var pixels = train.Statistics[0].Mean.Average();
        Assert.Equal(0.1307, pixels / 255, 1e-4);
    }

    [Fact]
    public async Task AContactSheetShowsEvenlySpreadImages()
    {
        var sheet = await new DatasetInspector(_data.Stores).ContactSheet(Path.Combine(Repository.Root, "data", "mnist"), "test", rows: 2, columns: 5);
        using var image = SKBitmap.Decode(sheet);
        Assert.Equal(((5 * 58) + 2, (2 * 58) + 2), (image.Width, image.Height));
        for (var tile = 0; tile < 10; tile++)
        {
            var (left, top) = (2 + (tile % 5 * 58), 2 + (tile / 5 * 58));
            Assert.Equal(0, image.GetPixel(left, top).Red);
            Assert.True(Enumerable.Range(0, 56 * 56).Any(i => image.GetPixel(left + (i % 56), top + (i / 56)).Red > 200), $"tile {tile} is empty");
        }
    }

    [Fact]
    public async Task TextColumnsAreNotedAndLeftOut()
    {
        _data.Write("train.csv", "size,kind,label\n1.5,cat,0\n2.5,dog,1\n");
        var split = Assert.Single((await new DatasetInspector(_data.Stores).Inspect(FormatFixture.Uri)).Splits);
        Assert.Equal("size float32[], label int64[]", string.Join(", ", split.Columns));
        Assert.Equal(["kind"], split.TextColumns);
        Assert.Equal(2.0, split.Statistics[0].Mean[0]);
        var error = await Assert.ThrowsAsync<DatasetException>(() => new DatasetInspector(_data.Stores).ContactSheet(FormatFixture.Uri, "train"));
        Assert.Contains("has no images", error.Message, StringComparison.Ordinal);
    }
}
