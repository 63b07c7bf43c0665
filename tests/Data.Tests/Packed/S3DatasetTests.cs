using OrleansTrain.Data.Packed;
using OrleansTrain.Data.Pipeline;
using OrleansTrain.Data.Reading;
using OrleansTrain.Data.Tests.Images;
using OrleansTrain.Storage;
using OrleansTrain.Tests.Shared;

namespace OrleansTrain.Data.Tests.Packed;

/// <summary>Datasets in a real S3 server.</summary>
public sealed class S3DatasetTests(S3Server server) : IClassFixture<S3Server>, IAsyncLifetime
{
    private readonly ObjectStores _stores = new(server.Options);

    public Task InitializeAsync() => _stores.EnsureBucket("s3://datasets");

    public Task DisposeAsync()
    {
        _stores.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task MnistIsPutIntoABucketAndReadBack()
    {
        var manifest = await new DatasetWriter(_stores).Put(Path.Combine(Repository.Root, "data", "mnist"), "s3://new-bucket/mnist");
        Assert.Equal(70_000, manifest.Splits.Values.Sum(blocks => blocks.Sum(block => block.Records)));
        var (records, labels) = await Read("s3://new-bucket/mnist", "test", DataPipeline.Create());
        Assert.Equal((10_000, 44_434), (records, labels));
    }

    [Fact]
    public async Task OneImageAnObjectIsReadOverPagesOfTheListing()
    {
        var (store, _) = _stores.Resolve("s3://datasets/x");
        await Parallel.ForAsync(0, 1500, async (i, token) =>
        {
            var png = ImageReaderTests.Png(2, 2, [(byte)i, 1, 2, 3]);
            await store.Write($"png/train/{i % 10}_{i:0000}.png", new MemoryStream(png), png.Length, token);
        });
        var (records, labels) = await Read("s3://datasets/png", "train", DataPipeline.Create().From(Data.Formats.DataFormat.Images("{split}/{label}_{*}.png")));
        Assert.Equal((1500, 150 * 45), (records, labels));
    }

    private async Task<(int Records, long Labels)> Read(string uri, string split, DataPipeline pipeline)
    {
        var loader = await BlockLoader.Create(DatasetLocation.Resolve(_stores, uri), pipeline, ReadSettings.Default, default);
        var (records, labels) = (0, 0L);
        foreach (var entry in (await loader.Open(split, default)).Blocks)
        {
            var block = await loader.Load(entry, default);
            foreach (var record in BlockRecords.Of(block))
            {
                labels += (long)record()["label"].AsNumber();
                records++;
            }

            block.Release();
        }

        return (records, labels);
    }
}
