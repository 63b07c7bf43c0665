using OrleansTrain.Data.Formats;
using OrleansTrain.Data.Tests.Formats;
using OrleansTrain.Tests.Shared;

namespace OrleansTrain.Data.Tests.Parquet;

/// <summary>
/// <c>arrow.parquet</c> was written by Arrow's Rust implementation (the npm package parquet-wasm 0.8.0): 3 rows in row groups of 2, Snappy;
/// columns id int64, x float64 with a null, pixels list of float32, grid list of lists of int16, image (a PNG of 2x1 grey pixels 7 and 9), name, flag.
/// </summary>
public sealed class ParquetTests : IDisposable
{
    private static readonly string Source = Path.Combine(Repository.Root, "tests", "Data.Tests", "Parquet", "Files", "arrow.parquet");

    private readonly FormatFixture _data = new();

    public ParquetTests() => _data.Write("train-0.parquet", File.ReadAllBytes(Source));

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task NumbersListsAndImagesAreRead()
    {
        var pipeline = Columns("id", "x", "pixels", "grid", "image", "flag");
        Assert.Equal(
            ["1 0.5 [1,2,3] [1,2,3,4] [7,9] 1", "2 NaN [4,5,6] [5,6,7,8] [7,9] 0", "3 2.5 [7,8,9] [9,10,11,12] [7,9] 1"], await _data.Read(pipeline));
        var (catalog, loader) = await _data.Open(pipeline);
        Assert.Equal([2, 1], catalog.Blocks.Select(block => block.Records));
        var block = await loader.Load(catalog.Blocks[1], default);
        Assert.Equal("id int64[], x float64[], pixels float32[3], grid int16[2,2], image uint8[1,1,2], flag uint8[]", block.Schema.ToString());
        block.Release();
    }

    [Fact]
    public async Task TextIsMapped()
    {
        var pipeline = Columns("name").Map("length", record =>
        {
            record["name"] = Data.Reading.Field.Of((float)record["name"].AsText().Length);
            return record;
        });
        Assert.Equal(["1", "2", "0"], await _data.Read(pipeline));
    }

    [Fact]
    public async Task AMissingColumnIsNamed()
    {
        var error = await Assert.ThrowsAsync<DatasetException>(() => _data.Read(Columns("label")));
        Assert.Equal(
            "s3://bucket/data/train-0.parquet has no column 'label'; it has 'id', 'x', 'pixels', 'grid', 'image', 'name', 'flag'.", error.Message);
    }

    [Fact]
    public async Task CorruptFilesAreNamed()
    {
        var bytes = await File.ReadAllBytesAsync(Source);
        _data.Write("train-0.parquet", bytes[..(bytes.Length / 2)]);
        var error = await Assert.ThrowsAsync<DatasetException>(() => _data.Read(Columns("id")));
        Assert.StartsWith("s3://bucket/data/train-0.parquet is no Parquet file, or cut off: ", error.Message, StringComparison.Ordinal);

        // Whatever byte of the data changes, it is read or refused in words.
        for (var at = 4; at < bytes.Length; at += 37)
        {
            var changed = (byte[])bytes.Clone();
            changed[at] ^= 0xFF;
            _data.Write("train-0.parquet", changed);
            try
            {
                await _data.Read(Columns("id", "x", "pixels", "grid", "image", "flag"));
            }
            catch (DatasetException refused)
            {
                Assert.StartsWith("s3://bucket/data/train-0.parquet", refused.Message, StringComparison.Ordinal);
            }
        }
    }

    private static DataPipeline Columns(params string[] names) => DataPipeline.Create().From(DataFormat.Parquet(names));
}
