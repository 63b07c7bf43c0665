using OrleansTrain.Data.Packed;
using OrleansTrain.Data.Pipeline;
using OrleansTrain.Data.Reading;
using OrleansTrain.Storage;
using OrleansTrain.Tests.Shared;

namespace OrleansTrain.Data.Tests.Packed;

/// <summary>The whole of MNIST from its shipped files through packed blocks and back.</summary>
public sealed class MnistPutTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ObjectStores _stores;

    public MnistPutTests() => _stores = new ObjectStores(ObjectStoreOptions.FromEnvironment(_folder.Path, _ => null));

    public void Dispose()
    {
        _stores.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task EveryRecordComesBackInOrder()
    {
        var source = Path.Combine(Repository.Root, "data", "mnist");
        var reports = new List<PutProgress>();
        var manifest = await new DatasetWriter(_stores).Put(source, "s3://datasets/mnist", progress: new Recorder(reports));

        Assert.Equal("image uint8[28,28], label uint8[]", string.Join(", ", manifest.Schema));
        Assert.Equal(60_000, manifest.Splits["train"].Sum(block => block.Records));
        Assert.Equal(10_000, manifest.Splits["test"].Sum(block => block.Records));
        Assert.Equal("mnist", manifest.Name);
        Assert.Equal(60_000, reports.Where(report => report.Split == "train").Max(report => report.Records));
        var found = await new DatasetWriter(_stores).Find("s3://datasets/mnist");
        Assert.Equal(manifest.Digest, found!.Digest);

        foreach (var split in new[] { "train", "test" })
        {
            Assert.Equal(await Bytes(new Uri(source).AbsoluteUri, split), await Bytes("s3://datasets/mnist", split));
        }
    }

    [Fact]
    public async Task TheSameDataHasTheSameDigestWhateverTheBlocks()
    {
        var writer = new DatasetWriter(_stores);
        var source = Path.Combine(Repository.Root, "data", "mnist");
        var first = await writer.Put(source, "s3://datasets/one");
        var second = await writer.Put(source, "s3://datasets/two");
        Assert.Equal(first.Digest, second.Digest);
        Assert.Equal(first.Splits["train"], second.Splits["train"]);
    }

    [Fact]
    public async Task NothingIsWrittenWhenAFileIsTruncated()
    {
        var source = Directory.CreateDirectory(Path.Combine(_folder.Path, "source")).FullName;
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Repository.Root, "data", "mnist"), "*.gz"))
        {
            File.Copy(file, Path.Combine(source, Path.GetFileName(file)));
        }

        var images = Path.Combine(source, "train-images-idx3-ubyte.gz");
        await File.WriteAllBytesAsync(images, (await File.ReadAllBytesAsync(images))[..5_000_000]);
        var error = await Assert.ThrowsAsync<DatasetException>(() => new DatasetWriter(_stores).Put(source, "s3://datasets/mnist"));
        Assert.Contains("train-images-idx3-ubyte.gz is truncated", error.Message, StringComparison.Ordinal);
        Assert.Contains("expected 47040016 bytes unpacked, found ", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_folder.Path, "datasets")));
    }

    private async Task<byte[]> Bytes(string uri, string split)
    {
        var loader = await BlockLoader.Create(DatasetLocation.Resolve(_stores, uri), DataPipeline.Create(), ReadSettings.Default, default);
        var all = new MemoryStream();
        foreach (var entry in (await loader.Open(split, default)).Blocks)
        {
            var block = await loader.Load(entry, default);
            Assert.Equal(entry.Records, block.Count);
            all.Write(block.Writable);
            block.Release();
        }

        return all.ToArray();
    }

    private sealed class Recorder(List<PutProgress> reports) : IProgress<PutProgress>
    {
        public void Report(PutProgress value)
        {
            lock (reports)
            {
                reports.Add(value);
            }
        }
    }
}
