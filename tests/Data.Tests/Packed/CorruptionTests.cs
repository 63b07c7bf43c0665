using CsCheck;
using OrleansTrain.Data.Packed;
using OrleansTrain.Data.Pipeline;
using OrleansTrain.Data.Reading;
using OrleansTrain.Data.Schema;
using OrleansTrain.Storage;
using OrleansTrain.Tests.Shared;

namespace OrleansTrain.Data.Tests.Packed;

/// <summary>Whatever happens to a byte of a packed dataset, it is refused in words that name the object; never a crash, never other data.</summary>
public sealed class CorruptionTests : IAsyncLifetime
{
    private const string Cure = "'orleanstrain data put SOURCE s3://datasets/tiny --replace' writes all of them anew.";

    private readonly TemporaryFolder _folder = new();
    private readonly ObjectStores _stores;
    private byte[] _block = [];
    private byte[] _manifest = [];
    private string _blockPath = "";

    public CorruptionTests() => _stores = new ObjectStores(new ObjectStoreOptions { LocalFolder = _folder.Path });

    public async Task InitializeAsync()
    {
        var source = Directory.CreateDirectory(Path.Combine(_folder.Path, "source")).FullName;
        await File.WriteAllBytesAsync(Path.Combine(source, "train-images-idx3-ubyte"), [0, 0, 8, 3, 0, 0, 0, 5, 0, 0, 0, 2, 0, 0, 0, 2, .. Enumerable.Range(0, 20).Select(i => (byte)i)]);
        await File.WriteAllBytesAsync(Path.Combine(source, "train-labels-idx1-ubyte"), [0, 0, 8, 1, 0, 0, 0, 5, 9, 8, 7, 6, 5]);
        await new DatasetWriter(_stores).Put(source, "s3://datasets/tiny");
        _blockPath = Directory.EnumerateFiles(Path.Combine(_folder.Path, "datasets", "tiny", "train")).Single();
        _block = await File.ReadAllBytesAsync(_blockPath);
        _manifest = await File.ReadAllBytesAsync(ManifestPath);
    }

    public Task DisposeAsync()
    {
        _stores.Dispose();
        _folder.Dispose();
        return Task.CompletedTask;
    }

    private string ManifestPath => Path.Combine(_folder.Path, "datasets", "tiny", "manifest.json");

    [Fact]
    public async Task AnyChangedByteOfABlockIsNoticed()
    {
        for (var at = 0; at < _block.Length; at++)
        {
            var changed = (byte[])_block.Clone();
            changed[at] ^= 0x41;
            await File.WriteAllBytesAsync(_blockPath, changed);
            var error = await Assert.ThrowsAsync<DatasetException>(Read);
            Assert.Contains("s3://datasets/tiny/train/00000-", error.Message, StringComparison.Ordinal);
            Assert.EndsWith(Cure, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task AnyTruncationOfABlockIsNoticed()
    {
        for (var length = 0; length < _block.Length; length += 7)
        {
            await File.WriteAllBytesAsync(_blockPath, _block[..length]);
            var error = await Assert.ThrowsAsync<ObjectStoreException>(Read);
            Assert.Contains($"is too short: expected {_block.Length} bytes, found {length}", error.Message, StringComparison.Ordinal);
            Assert.EndsWith(Cure, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task AManifestThatSaysSomethingElseIsNoticed()
    {
        var text = System.Text.Encoding.UTF8.GetString(_manifest);
        string[] changes =
        [
            text[..(text.Length / 2)], "null", "[]", "{}", text.Replace("\"version\": 1", "\"version\": 2", StringComparison.Ordinal),
            text.Replace("\"records\": 5", "\"records\": 6", StringComparison.Ordinal), text.Replace("uint8", "int8", StringComparison.Ordinal),
            text.Replace("uint8", "complex", StringComparison.Ordinal), text.Replace("\"schema\": [", "\"schema\": [null,", StringComparison.Ordinal),
            text.Replace("\"bytes\": ", "\"bytes\": -", StringComparison.Ordinal),
        ];
        foreach (var change in changes)
        {
            await File.WriteAllTextAsync(ManifestPath, change);
            var error = await Assert.ThrowsAsync<DatasetException>(Read);
            Assert.StartsWith("s3://datasets/tiny/manifest.json ", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void AnyBytesAsHeaderAreRefused() => Gen.Select(Gen.Byte.Array[0, 200], Gen.Bool).Sample((bytes, magic) =>
    {
        byte[] start = magic ? [.. _block.AsSpan(0, 8), .. bytes] : bytes;
        Assert.Throws<DatasetException>(() => BlockHeader.Read(start, "x"));
    });

    [Fact]
    public void AHeaderIsReadBack()
    {
        var schema = new RecordSchema([new Column("a", ElementType.Float32, [3]), new Column("b", ElementType.Int64, [])]);
        var header = BlockHeader.Read(BlockHeader.Write(schema, 7, 42), "x");
        Assert.Equal((7, 42UL, 20), (header.Records, header.Checksum, header.Schema.RecordBytes));
        Assert.Equal("a float32[3], b int64[]", header.Schema.ToString());
        Assert.Equal(0, header.Length % 64);
    }

    private async Task Read()
    {
        var loader = await BlockLoader.Create(DatasetLocation.Resolve(_stores, "s3://datasets/tiny"), DataPipeline.Create(), ReadSettings.Default, default);
        var catalog = await loader.Open("train", default);
        (await loader.Load(catalog.Blocks[0], default)).Release();
    }
}
