using OrleansTrain.Data.Formats;
using OrleansTrain.Data.Reading;
using OrleansTrain.Data.Tests.Formats;

namespace OrleansTrain.Data.Tests.Text;

public sealed class JsonLinesTests : IDisposable
{
    private readonly FormatFixture _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task NumbersArraysAndFlagsAreRead()
    {
        _data.Write("train/0.jsonl", """
            {"x": [[1, 2], [3, 4.5]], "n": 1, "f": 2, "ok": true, "m": "text"}

            {"ok": false, "f": 2.5, "n": -7, "x": [[5, 6], [7, 8]], "m": "", "extra": 1}
            """);
        var pipeline = DataPipeline.Create().Map("no m", record =>
        {
            record.Remove("m");
            return record;
        });
        Assert.Equal(["[1,2,3,4.5] 1 2 1", "[5,6,7,8] -7 2.5 0"], await _data.Read(pipeline));
        var (catalog, loader) = await _data.Open(pipeline);
        var block = await loader.Load(catalog.Blocks[0], default);
        Assert.Equal("x float32[2,2], n int64[], f float32[], ok int64[]", block.Schema.ToString());
        block.Release();
    }

    [Theory]
    [InlineData("{\"a\": 1}\n{\"b\": 1}", "s3://bucket/data/x.jsonl record 1 has no 'a'.")]
    [InlineData("{\"a\": 1}\n{\"a\"", "s3://bucket/data/x.jsonl record 1 is no JSON: ")]
    [InlineData("{\"a\": [1,2]}\n{\"a\": [1,2,3]}", "s3://bucket/data/x.jsonl record 1: 'a' has shape [3], expected [2].")]
    [InlineData("{\"a\": [1,2]}\n{\"a\": [[1],[2,3]]}", "s3://bucket/data/x.jsonl record 1: 'a' is a ragged array: 2 next to 1 elements.")]
    [InlineData("{\"a\": 1}\n{\"a\": \"x\"}", "s3://bucket/data/x.jsonl record 1: 'a' holds string where a number was expected.")]
    [InlineData("[1]", "s3://bucket/data/x.jsonl record 0 is no JSON object.")]
    public async Task BadRecordsAreNamed(string text, string message)
    {
        _data.Write("x.jsonl", text);
        var error = await Assert.ThrowsAsync<DatasetException>(() => _data.Read(DataPipeline.Create().From(DataFormat.JsonLines())));
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PixelsCanBeBytes()
    {
        _data.Write("x.jsonl", "{\"p\": [0, 255]}");
        var (catalog, loader) = await _data.Open(DataPipeline.Create().From(DataFormat.JsonLines("p=uint8")));
        var block = await loader.Load(catalog.Blocks[0], default);
        Assert.Equal([0, 255], block.Record(0).ToArray());
        block.Release();
    }

    [Theory]
    [InlineData("{\"a\": 1, \"t\": \"\\ud83d\"}")]
    [InlineData("{\"a\": 1, \"\\ud83d\": \"x\"}")]
    [InlineData("{\"a\": 1, \"t\": ")]
    public async Task ARecordThatIsNoTextIsNamedAndCanBeSkipped(string bad)
    {
        const string Good = "{\"a\": 2, \"t\": \"\\ud83d\\ude00\"}\n";
        var pipeline = DataPipeline.Create().Map("length of t", record =>
        {
            record["t"] = Field.Of((long)record["t"].AsText().Length);
            return record;
        });
        foreach (var (text, number) in new[] { (Good + bad, 1), (bad + "\n" + Good, 0) })
        {
            _data.Write("x.jsonl", text);
            var error = await Assert.ThrowsAsync<DatasetException>(() => _data.Read(pipeline));
            Assert.StartsWith($"s3://bucket/data/x.jsonl record {number} ", error.Message, StringComparison.Ordinal);
            Assert.Equal(["2 2", "2 2"], await _data.Read(pipeline, settings: new ReadSettings(SkipBad: true)));
        }
    }

    [Fact]
    public async Task NullAmongWholeNumbersIsNoNumber()
    {
        _data.Write("x.jsonl", "{\"a\": 1, \"b\": 2}\n{\"a\": null, \"b\": 3}");
        var (catalog, loader) = await _data.Open(DataPipeline.Create());
        var block = await loader.Load(catalog.Blocks[0], default);
        Assert.Equal("a float32[], b int64[]", block.Schema.ToString());
        block.Release();
        Assert.Equal(["1 2", "NaN 3"], await _data.Read(DataPipeline.Create()));
    }
}
