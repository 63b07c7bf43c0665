using System.Formats.Tar;
using OrleansTrain.Data.Reading;
using OrleansTrain.Data.Tests.Formats;
using OrleansTrain.Data.Tests.Images;

namespace OrleansTrain.Data.Tests.WebDataset;

public sealed class WebDatasetTests : IDisposable
{
    private readonly FormatFixture _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task FilesOfOneNameAreARecord()
    {
        _data.Write("train-0.tar", Tar(("a/0001.png", ImageReaderTests.Png(2, 1, [1, 2])), ("a/0001.cls", "7"u8.ToArray()), ("a/0002.png", ImageReaderTests.Png(2, 1, [3, 4])), ("a/0002.cls", "8\n"u8.ToArray())));
        _data.Write("train-1.tar", Tar(("0003.cls", "9"u8.ToArray()), ("0003.png", ImageReaderTests.Png(2, 1, [5, 6]))));
        Assert.Equal(["[1,2] 7", "[3,4] 8", "[5,6] 9"], await _data.Read(DataPipeline.Create()));
    }

    [Fact]
    public async Task ASecondImageIsAColumnOfItsOwn()
    {
        _data.Write("train.tar", Tar(("0001.jpg", ImageReaderTests.Png(2, 1, [1, 2])), ("0001.seg.png", ImageReaderTests.Png(2, 1, [3, 4])), ("0001.cls", "7"u8.ToArray())));
        var (catalog, loader) = await _data.Open(DataPipeline.Create());
        var block = await loader.Load(catalog.Blocks[0], default);
        Assert.Equal("image uint8[1,1,2], label int64[], seg uint8[1,1,2]", block.Schema.ToString());
        block.Release();
        Assert.Equal(["[1,2] 7 [3,4]"], await _data.Read(DataPipeline.Create()));
    }

    [Theory]
    [InlineData("0001.jpg", "0001.PNG", "0001.cls", "image")]
    [InlineData("0001.cls", "0001.cls.txt", "0001.png", "label")]
    public async Task TwoFilesForOneColumnAreNamed(string one, string other, string rest, string column)
    {
        byte[] Content(string name) => name.Contains("cls", StringComparison.Ordinal) ? "7"u8.ToArray() : ImageReaderTests.Png(1, 1, [1]);
        _data.Write("train.tar", Tar(("0000.cls", "5"u8.ToArray()), ("0000.png", ImageReaderTests.Png(1, 1, [9])), (one, Content(one)), (other, Content(other)), (rest, Content(rest))));
        var error = await Assert.ThrowsAsync<DatasetException>(() => _data.Read(DataPipeline.Create()));
        Assert.Equal($"s3://bucket/data/train.tar record 0001 has two files for the column '{column}': expected one; rename or remove the other.", error.Message);
        Assert.Equal(["[9] 5", "[9] 5"], await _data.Read(DataPipeline.Create(), settings: new ReadSettings(SkipBad: true)));
    }

    [Fact]
    public async Task AShardIsCutIntoBlocksOfWholeRecords()
    {
        var noise = new byte[1 << 20];
        var files = Enumerable.Range(0, 11).SelectMany(i => new[] { ($"{new string('n', 120)}{i:00}.cls", System.Text.Encoding.ASCII.GetBytes($"{i}")), ($"{new string('n', 120)}{i:00}.txt", noise) });
        _data.Write("train.tar", Tar([.. files]));
        var pipeline = DataPipeline.Create().Map("drop txt", record =>
        {
            record.Remove("txt");
            return record;
        });
        var (catalog, _) = await _data.Open(pipeline);
        Assert.Equal([4, 4, 3], catalog.Blocks.Select(block => block.Records));
        Assert.Equal(Enumerable.Range(0, 11).Select(i => $"{i}"), await _data.Read(pipeline));
    }

    [Theory]
    [InlineData(2000, "is truncated: its file 0001.png ends at byte")]
    [InlineData(100, "is no tar archive, or cut off")]
    public async Task CutOffShardsAreNamed(int length, string message)
    {
        _data.Write("train.tar", Tar(("0001.png", new byte[3000]), ("0001.cls", "7"u8.ToArray()))[..length]);
        var error = await Assert.ThrowsAsync<DatasetException>(() => _data.Read(DataPipeline.Create()));
        Assert.Contains("s3://bucket/data/train.tar " + message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnEmptyShardIsNamed()
    {
        _data.Write("train-0.tar", []);
        var error = await Assert.ThrowsAsync<DatasetException>(() => _data.Read(DataPipeline.Create()));
        Assert.Equal("s3://bucket/data/train-0.tar is empty: expected a tar archive.", error.Message);
    }

    [Fact]
    public async Task ABadFileIsNamedAndCanBeSkipped()
    {
        _data.Write("train.tar", Tar(("1.png", ImageReaderTests.Png(1, 1, [1])), ("1.cls", "1"u8.ToArray()), ("2.png", [1, 2, 3]), ("2.cls", "2"u8.ToArray())));
        var error = await Assert.ThrowsAsync<DatasetException>(() => _data.Read(DataPipeline.Create()));
        Assert.Equal("s3://bucket/data/train.tar file 2.png is no image that can be read: expected PNG or JPEG.", error.Message);
        Assert.Equal(["[1] 1", "[1] 1"], await _data.Read(DataPipeline.Create(), settings: new ReadSettings(SkipBad: true)));
    }

    private static byte[] Tar(params (string Name, byte[] Bytes)[] files)
    {
        var archive = new MemoryStream();
        using (var writer = new TarWriter(archive, TarEntryFormat.Pax, leaveOpen: true))
        {
            foreach (var (name, bytes) in files)
            {
                writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(bytes) });
            }
        }

        return archive.ToArray();
    }
}
