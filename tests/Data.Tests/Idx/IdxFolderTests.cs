using System.Buffers.Binary;
using System.IO.Compression;
using OrleansTrain.Data.Tests.Formats;

namespace OrleansTrain.Data.Tests.Idx;

/// <summary>Folders of IDX files as other tools leave them.</summary>
public sealed class IdxFolderTests : IDisposable
{
    private readonly FormatFixture _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task OfAFileThatIsThereBothWaysThePlainOneIsRead()
    {
        byte[] images = [0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3, 4];
        byte[] labels = [0, 0, 8, 1, 0, 0, 0, 2, 7, 8];
        _data.Write("train-images-idx3-ubyte", images);
        _data.Write("train-images-idx3-ubyte.gz", Gzip(images));
        _data.Write("train-labels-idx1-ubyte", labels);
        _data.Write("train-labels-idx1-ubyte.gz", Gzip(labels));
        Assert.Equal(["[1,2] 7", "[3,4] 8"], await _data.Read(DataPipeline.Create()));
        var (catalog, _) = await _data.Open(DataPipeline.Create());
        Assert.All(catalog.Blocks[0].Parts, part => Assert.EndsWith("-ubyte", part.Key, StringComparison.Ordinal));
    }

    [Fact]
    public async Task APackedFileThatIsTooLargeIsNamed()
    {
        // As many packed bytes as it takes for the claim to be an honest one.
        var file = new byte[3 << 20];
        new Random(1).NextBytes(file);
        byte[] start = [0, 0, 8, 2];
        start.CopyTo(file, 0);
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(4), 3 << 20);
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(8), 1 << 10);
        _data.Write("train-images-idx3-ubyte.gz", Gzip(file));
        var error = await Assert.ThrowsAsync<DatasetException>(() => _data.Read(DataPipeline.Create()));
        Assert.Equal(
            "s3://bucket/data/train-images-idx3-ubyte.gz belongs to 3221225472 bytes of records, more than the 2147483647 that can be read out of gzip'd files: unpack it.", error.Message);
    }

    private static byte[] Gzip(byte[] bytes)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return packed.ToArray();
    }
}
