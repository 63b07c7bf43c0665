using OrleansTrain.Data.Formats;
using OrleansTrain.Data.Reading;
using OrleansTrain.Data.Tests.Formats;

namespace OrleansTrain.Data.Tests.Text;

public sealed class CsvTests : IDisposable
{
    private readonly FormatFixture _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task TypesComeFromTheData()
    {
        _data.Write("train.csv", "\uFEFFid,size,note,label\r\n1,1.5,\"a, \"\"b\"\"\nc\",0\r\n\r\n2,,x,1\r\n");
        var pipeline = DataPipeline.Create().Map("length of note", record =>
        {
            record["note"] = Field.Of((float)record["note"].AsText().Length);
            return record;
        });
        Assert.Equal(["1 1.5 8 0", "2 NaN 1 1"], await _data.Read(pipeline));
        var (catalog, loader) = await _data.Open(pipeline);
        var block = await loader.Load(catalog.Blocks[0], default);
        Assert.Equal("id int64[], size float32[], note float32[], label int64[]", block.Schema.ToString());
        block.Release();
    }

    [Fact]
    public async Task TextThatIsNotMappedIsNamed()
    {
        _data.Write("train.csv", "a,b\n1,x\n");
        var error = await Assert.ThrowsAsync<DatasetException>(() => _data.Read(DataPipeline.Create()));
        Assert.Equal("s3://bucket/data/train.csv record 0: field 'b' is text ('x'): map it to numbers or remove it before training.", error.Message);
    }

    [Theory]
    [InlineData("a,b\n1,2\n3\n", "record 1 has 1 fields, expected 2.")]
    [InlineData("a,b\n1,2\n3,x4\n", "record 1: column 'b' is text", false)]
    [InlineData("a,b\n1,2\n3,4\n5,\"6\"7\n", "record 2: a quotation mark is where none may be.")]
    public async Task BadRecordsAreNamed(string csv, string message, bool whole = true)
    {
        _data.Write("train.csv", csv);
        var pipeline = whole ? DataPipeline.Create() : DataPipeline.Create().From(DataFormat.Csv(types: "b=int64"));
        var error = await Assert.ThrowsAsync<DatasetException>(() => _data.Read(pipeline));
        Assert.Contains(whole ? message : "record 1: column 'b' is int64, found 'x4': correct the data, or name the column's type.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ObjectsWithOtherColumnsAreNamed()
    {
        _data.Write("train-0.csv", "a,b\n1,2\n");
        _data.Write("train-1.csv", "b,a\n2,1\n");
        var error = await Assert.ThrowsAsync<DatasetException>(() => _data.Read(DataPipeline.Create()));
        Assert.Equal("s3://bucket/data/train-1.csv has the columns b, a; expected a, b as in s3://bucket/data/train-0.csv, in this order.", error.Message);
    }

    [Fact]
    public async Task EmptyObjectsHaveNoRecords()
    {
        _data.Write("train-0.csv", "");
        _data.Write("train-1.csv", "a,b\n1,2\n");
        Assert.Equal(["1 2"], await _data.Read(DataPipeline.Create()));
        _data.Write("test.csv", "");
        var error = await Assert.ThrowsAsync<DatasetException>(() => _data.Read(DataPipeline.Create(), "test"));
        Assert.Equal("s3://bucket/data has no records of the split 'test': all its objects are empty.", error.Message);
    }

    [Fact]
    public async Task TsvIsSeparatedByTabs()
    {
        _data.Write("train.tsv", "a\tb\n1\t2\n");
        Assert.Equal(["1 2"], await _data.Read(DataPipeline.Create()));
    }

    [Fact]
    public async Task NamedTypesWin()
    {
        _data.Write("train.csv", "1;2\n3;4\n");
        var pipeline = DataPipeline.Create().From(DataFormat.Csv(header: false, delimiter: ";", types: "c0=float64,c1=uint8"));
        var (catalog, loader) = await _data.Open(pipeline);
        var block = await loader.Load(catalog.Blocks[0], default);
        Assert.Equal("c0 float64[], c1 uint8[]", block.Schema.ToString());
        block.Release();
        _data.Write("train.csv", "1;2\n3;400\n");
        var error = await Assert.ThrowsAsync<DatasetException>(() => _data.Read(pipeline));
        Assert.Contains("record 1: column 'c1' is uint8, found 400", error.Message, StringComparison.Ordinal);
        var wrong = await Assert.ThrowsAsync<DatasetException>(() => _data.Read(DataPipeline.Create().From(DataFormat.Csv(types: "c0=complex"))));
        Assert.StartsWith("'c0=complex' is no column type", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ALargeFileIsCutIntoBlocksOfWholeRecords()
    {
        var lines = Enumerable.Range(0, 300_000).Select(i => $"{i},{i % 7},\"{(i % 1000 == 0 ? "two\nlines" : "one")}\"").ToArray();
        _data.Write("train.csv", "n,m,t\n" + string.Join('\n', lines));
        var pipeline = DataPipeline.Create().Map("drop t", record =>
        {
            record.Remove("t");
            return record;
        });
        var (catalog, _) = await _data.Open(pipeline);
        Assert.InRange(catalog.Blocks.Count, 2, 3);
        Assert.Equal(Enumerable.Range(0, 300_000).Select(i => $"{i} {i % 7}"), await _data.Read(pipeline));
    }

    [Fact]
    public async Task SharesDivideRecords()
    {
        _data.Write("any.csv", "n\n" + string.Join('\n', Enumerable.Range(0, 1000)));
        var pipeline = DataPipeline.Create().From(DataFormat.Csv().WithSplits(("train", 0.9), ("test", 0.1)));
        var (train, test) = (await _data.Read(pipeline), await _data.Read(pipeline, "test"));
        Assert.Equal(Enumerable.Range(0, 1000).Select(i => $"{i}").Order(), train.Concat(test).Order());
        Assert.InRange(test.Count, 60, 140);
        var error = await Assert.ThrowsAsync<DatasetException>(() => _data.Read(pipeline, "validation"));
        Assert.Equal("s3://bucket/data has no split 'validation'; it has 'test', 'train'.", error.Message);
    }
}
