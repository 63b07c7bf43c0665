using OrleansTrain.Data.Reading;
using OrleansTrain.Data.Tests.Formats;
using OrleansTrain.Data.Text;

namespace OrleansTrain.Data.Tests.Text;

/// <summary>What column types are found from: whole, good records.</summary>
public sealed class SampleTests : IDisposable
{
    private readonly FormatFixture _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task ARecordThatTheSampleCutsOffSaysNothing()
    {
        var lines = string.Concat(Enumerable.Repeat("some words\n", 200));
        _data.Write("train.csv", "note,label\n" + string.Concat(Enumerable.Range(0, 600).Select(i => $"\"{lines}\",{i % 10}\n")));
        Assert.Equal("label int64[]", await Schema("note"));
    }

    [Fact]
    public async Task BadRecordsSayNothing()
    {
        _data.Write("train.csv", "a,label\n1,0\n2\n3,1\n");
        Assert.Equal("a int64[], label int64[]", await Schema("none"));
        _data.Write("train.csv", "a,label\n1,0\n3,\"1\"x\n3,1\n");
        Assert.Equal("a int64[], label int64[]", await Schema("none"));
    }

    [Theory]
    [InlineData("train.csv", "note,label\n\"", "\",7\nx,8\n")]
    [InlineData("train.jsonl", "{\"note\": \"", "\", \"label\": 7}\n{\"note\": \"\", \"label\": 8}\n")]
    public async Task AFirstRecordThatIsLongIsReadWhole(string name, string before, string after)
    {
        _data.Write(name, before + new string('x', 3 << 20) + after + new string('\n', 3 << 20));
        Assert.Equal("label int64[]", await Schema("note"));
    }

    [Fact]
    public async Task AFirstRecordThatIsTooLongIsNamed()
    {
        _data.Write("train.csv", "note,label\n\"" + string.Concat(Enumerable.Repeat("never closed,1\n", 1 << 18)));
        var location = DatasetLocation.Resolve(_data.Stores, FormatFixture.Uri);
        var file = (await location.Store.Stat(location.Key("train.csv")))!.Value;
        var error = await Assert.ThrowsAsync<DatasetException>(() => TextSample.Read(location, file, ',', 2, 3 << 20, default));
        Assert.Equal("s3://bucket/data/train.csv: its first record is longer than 3145728 bytes: end records with line feeds, and close quotation marks.", error.Message);
    }

    private async Task<string> Schema(string leftOut)
    {
        var pipeline = DataPipeline.Create().Map($"no {leftOut}", record =>
        {
            record.Remove(leftOut);
            return record;
        });
        var (catalog, loader) = await _data.Open(pipeline, settings: new ReadSettings(SkipBad: true));
        var block = await loader.Load(catalog.Blocks[0], default);
        var schema = block.Schema.ToString();
        block.Release();
        return schema;
    }
}
