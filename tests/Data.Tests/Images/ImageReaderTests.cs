using OrleansTrain.Data.Formats;
using OrleansTrain.Data.Reading;
using OrleansTrain.Data.Tests.Formats;
using SkiaSharp;

namespace OrleansTrain.Data.Tests.Images;

public sealed class ImageReaderTests : IDisposable
{
    private readonly FormatFixture _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task TheRecipesKeysAreRead()
    {
        _data.Write("train/5_0001.png", Png(2, 1, [10, 20]));
        _data.Write("train/0_0002.png", Png(2, 1, [30, 40]));
        _data.Write("test/7_0003.png", Png(2, 1, [50, 60]));
        var pipeline = DataPipeline.Create().From(DataFormat.Images("{split}/{label}_{*}.png"));
        Assert.Equal(["[10,20] 5", "[30,40] 0"], (await _data.Read(pipeline)).Order());
        Assert.Equal(["[50,60] 7"], await _data.Read(pipeline, "test"));
    }

    [Fact]
    public async Task FoldersAreClassesNumberedOverAllSplits()
    {
        _data.Write("train/cat/1.png", Png(1, 1, [1]));
        _data.Write("train/dog/1.png", Png(1, 1, [2]));
        _data.Write("test/bird/1.png", Png(1, 1, [3]));
        Assert.Equal(["[1] 1", "[2] 2"], (await _data.Read(DataPipeline.Create())).Order());
        Assert.Equal(["[3] 0"], await _data.Read(DataPipeline.Create(), "test"));
    }

    [Fact]
    public async Task ColourAndSizeAreAsAsked()
    {
        using var bitmap = new SKBitmap(new SKImageInfo(4, 4, SKColorType.Rgba8888, SKAlphaType.Opaque));
        bitmap.Erase(new SKColor(255, 128, 0));
        _data.Write("a/1.png", bitmap.Encode(SKEncodedImageFormat.Png, 100).ToArray());
        Assert.Equal(["[255,128,0] 0"], await _data.Read(DataPipeline.Create().From(DataFormat.Images(channels: 3, width: 1, height: 1))));
        Assert.Equal(["[151] 0"], await _data.Read(DataPipeline.Create().From(DataFormat.Images(channels: 1, width: 1, height: 1))));
    }

    [Fact]
    public async Task CorruptImagesAreNamed()
    {
        var whole = Png(20, 20, [.. Enumerable.Range(0, 400).Select(i => (byte)(i * 7))]);
        _data.Write("a/1.png", whole);
        _data.Write("a/2.png", whole[..(whole.Length / 2)]);
        var error = await Assert.ThrowsAsync<DatasetException>(() => _data.Read(DataPipeline.Create()));
        Assert.StartsWith("s3://bucket/data/a/2.png is corrupt or truncated", error.Message, StringComparison.Ordinal);
        _data.Write("a/2.png", "not an image");
        error = await Assert.ThrowsAsync<DatasetException>(() => _data.Read(DataPipeline.Create()));
        Assert.Equal("s3://bucket/data/a/2.png is no image that can be read: expected PNG or JPEG.", error.Message);
    }

    [Fact]
    public async Task OtherSizesAreNamed()
    {
        _data.Write("a/1.png", Png(2, 1, [1, 2]));
        _data.Write("a/2.png", Png(1, 2, [1, 2]));
        var error = await Assert.ThrowsAsync<DatasetException>(() => _data.Read(DataPipeline.Create()));
        Assert.Equal(
            "s3://bucket/data/a/2.png does not fit the records before it: expected image uint8[1,1,2], label int64[], found image uint8[1,2,1], label int64[].", error.Message);
    }

    [Fact]
    public async Task BombsAreRefusedBeforeMemoryIsTaken()
    {
        // A PNG header that claims 100,000 x 100,000 pixels; 40 GB if it were believed.
        var bomb = Png(1, 1, [0]);
        byte[] size = [0, 1, 0x86, 0xA0, 0, 1, 0x86, 0xA0];
        size.CopyTo(bomb, 16);
        var crc = System.IO.Hashing.Crc32.Hash(bomb.AsSpan(12, 17));
        crc.Reverse().ToArray().CopyTo(bomb, 29);
        _data.Write("a/1.png", bomb);
        var error = await Assert.ThrowsAsync<DatasetException>(() => _data.Read(DataPipeline.Create()));
        Assert.Equal("s3://bucket/data/a/1.png has 100000x100000 pixels, more than the 100000000 that are allowed.", error.Message);
    }

    [Fact]
    public async Task AMissingLabelIsNamed()
    {
        for (var i = 0; i < 10; i++)
        {
            _data.Write($"{i}_x.png", Png(1, 1, [(byte)i]));
        }

        _data.Write("five.png", Png(1, 1, [1]));
        var pipeline = DataPipeline.Create().From(DataFormat.Images("(?<label>\\d)_"));
        const string Message = "s3://bucket/data/five.png has no label: 'five.png' does not match '(?<label>\\d)_'; set format.label, for example to '{split}/{label}_{*}.png'.";
        var error = await Assert.ThrowsAsync<DatasetException>(() => _data.Read(pipeline));
        Assert.Equal(Message, error.Message);

        var records = await _data.Read(pipeline, settings: new ReadSettings(SkipBad: true));
        Assert.Equal(11, records.Count);
        Assert.Equal(10, records.Distinct().Count());

        _data.Write("four.png", Png(1, 1, [1]));
        error = await Assert.ThrowsAsync<DatasetException>(() => _data.Open(pipeline));
        Assert.Equal($"2 of 12 images have no label; the first: {Message}", error.Message);
    }

    [Theory]
    [InlineData("train/5_1.png", "train/3_2.png")]
    [InlineData("training/5_1.png", "test/3_2.png")]
    public async Task TheFolderOfASplitIsNoLabel(string first, string second)
    {
        _data.Write(first, Png(1, 1, [1]));
        _data.Write(second, Png(1, 1, [1]));
        var error = await Assert.ThrowsAsync<DatasetException>(() => _data.Open(DataPipeline.Create()));
        Assert.Contains("does not match 'folder' (a folder a class: CLASS/NAME or SPLIT/CLASS/NAME); set format.label", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnEmptyImageIsNamed()
    {
        _data.Write("a/1.png", Png(1, 1, [1]));
        _data.Write("a/2.png", []);
        var error = await Assert.ThrowsAsync<DatasetException>(() => _data.Read(DataPipeline.Create()));
        Assert.Equal("s3://bucket/data/a/2.png is empty: expected a PNG or JPEG image.", error.Message);
    }

    [Fact]
    public async Task ABlockOfPagesThatCompressWellIsRefused()
    {
        // 64 million pixels each, allowed alone, in a few kilobytes.
        var page = Png(8000, 8000, new byte[8000 * 8000]);
        for (var i = 0; i < 10; i++)
        {
            _data.Write($"a/{i}.png", page);
        }

        var error = await Assert.ThrowsAsync<DatasetException>(() => _data.Read(DataPipeline.Create()));
        Assert.Contains("neighbours take more than the 536870912 bytes that a block may have when they are decoded", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ABadImageIsSkippedWithinBounds()
    {
        for (var i = 0; i < 200; i++)
        {
            _data.Write($"a/{i:000}.png", i is 0 or 150 ? [1, 2, 3] : Png(1, 1, [(byte)i]));
        }

        var settings = new ReadSettings(SkipBad: true, MostBad: 0.01);
        var records = await _data.Read(DataPipeline.Create(), settings: settings);
        Assert.Equal(200, records.Count);
        Assert.Equal(198, records.Distinct().Count());
        Assert.Equal(2, records.Zip(records.Skip(1)).Count(pair => pair.First == pair.Second));
        _data.Write("a/170.png", [1]);
        var error = await Assert.ThrowsAsync<DatasetException>(() => _data.Read(DataPipeline.Create(), settings: settings));
        Assert.Matches("^3 of 200 records of s3://bucket/data/a/...\\.png and 199 others are bad, more than may be skipped; the first: s3://bucket/data/a/...\\.png is no image", error.Message);
    }

    [Fact]
    public async Task SharesDivideByName()
    {
        for (var i = 0; i < 100; i++)
        {
            _data.Write($"{i:00}_x.png", Png(1, 1, [(byte)i]));
        }

        var pipeline = DataPipeline.Create().From(DataFormat.Images("{label}_{*}.png").WithSplits(("train", 0.8), ("validation", 0.2)));
        var train = await _data.Read(pipeline);
        var validation = await _data.Read(pipeline, "validation");
        Assert.Equal(100, train.Concat(validation).Distinct().Count());
        Assert.InRange(train.Count, 65, 95);
        _data.Write("100_x.png", Png(1, 1, [100]));
        Assert.Subset((await _data.Read(pipeline)).ToHashSet(), train.ToHashSet());
    }

    [Fact]
    public async Task FilterAndMapSeeEachRecord()
    {
        for (var i = 0; i < 10; i++)
        {
            _data.Write($"{i}_x.png", Png(1, 1, [(byte)i]));
        }

        var pipeline = DataPipeline.Create().From(DataFormat.Images("{label}_{*}.png"))
            .Filter("odd", record => record["label"].AsNumber() % 2 == 1)
            .Map("square", record =>
            {
                record["square"] = Field.Of((float)Math.Pow(record["label"].AsNumber(), 2));
                return record;
            });
        var (catalog, loader) = await _data.Open(pipeline);
        var block = await loader.Load(catalog.Blocks[0], default);
        Assert.Equal((5, "image uint8[1,1,1], label int64[], square float32[]"), (block.Count, block.Schema.ToString()));
        block.Release();
    }

    internal static byte[] Png(int width, int height, byte[] grey)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Gray8));
        for (var y = 0; y < height; y++)
        {
            System.Runtime.InteropServices.Marshal.Copy(grey, y * width, bitmap.GetPixels() + (y * bitmap.RowBytes), width);
        }

        return bitmap.Encode(SKEncodedImageFormat.Png, 100).ToArray();
    }
}
