using OrleansTrain.Data.Formats;
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
}
