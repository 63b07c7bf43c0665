using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;
using OrleansTrain.Data;
using OrleansTrain.Data.Blocks;
using OrleansTrain.Data.Formats;
using OrleansTrain.Data.Packed;
using OrleansTrain.Data.Sources;
using OrleansTrain.Grains.Data;
using OrleansTrain.Storage;
using OrleansTrain.Tests.Shared;

namespace OrleansTrain.Grains.Tests.Data;

/// <summary>A dataset ten times as large as what its silo may keep, and data that goes wrong under a run.</summary>
public sealed class BudgetTests : IAsyncLifetime
{
    private const int Records = 20_000;
    private const int RecordBytes = 101;

    private readonly TemporaryFolder _folder = new();
    private readonly ObjectStores _stores;
    private InProcessTestCluster? _cluster;

    public BudgetTests() => _stores = new ObjectStores(new ObjectStoreOptions { LocalFolder = _folder.Path });

    private string Blocks => Path.Combine(_folder.Path, "datasets", "large", "train");

    public async Task InitializeAsync()
    {
        var source = Directory.CreateDirectory(Path.Combine(_folder.Path, "source")).FullName;
        var images = new byte[16 + (Records * 100)];
        new byte[] { 0, 0, 8, 3, 0, 0, Records >> 8, Records & 255, 0, 0, 0, 10, 0, 0, 0, 10 }.CopyTo(images, 0);
        for (var i = 0; i < Records; i++)
        {
            images.AsSpan(16 + (i * 100), 100).Fill((byte)i);
        }

        await File.WriteAllBytesAsync(Path.Combine(source, "train-images-idx3-ubyte"), images);
        await File.WriteAllBytesAsync(
            Path.Combine(source, "train-labels-idx1-ubyte"), [0, 0, 8, 1, 0, 0, Records >> 8, Records & 255, .. Enumerable.Range(0, Records).Select(i => (byte)i)]);
        await new DatasetWriter(_stores).Put(source, "s3://datasets/large", options: new PutOptions { BlockBytes = 50 * RecordBytes });
        var builder = new InProcessTestClusterBuilder(1);
        builder.ConfigureSilo((_, silo) => silo.Services
            .AddSingleton<IObjectStores>(_stores)
            .AddDatasetServices(options => options.CacheBytes = Records * RecordBytes / 10));
        _cluster = builder.Build();
        await _cluster.DeployAsync();
    }

    public async Task DisposeAsync()
    {
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }

        _stores.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task ADatasetTenTimesTheBudgetIsReadWithinIt()
    {
        var cache = Service<BlockCache>();
        var mostBytes = 0L;
        var seen = new int[256];
        await using (var source = (await Open(new BatchSourceOptions { Rank = 0, WorldSize = 1, BatchSize = 100, Seed = 1, WindowRecords = 500, Epochs = 2 })).Source)
        {
            for (var epoch = 0; epoch < 2; epoch++)
            {
                source.StartEpoch(epoch, 0);
                while (source.Next(default) is { } batch)
                {
                    using (batch)
                    {
                        foreach (var (label, pixel) in batch.Targets.data<long>().Zip(batch.Inputs.sum(dim: [1, 2]).data<float>()))
                        {
                            Assert.Equal(label * 100, pixel);
                            seen[label]++;
                        }
                    }

                    mostBytes = Math.Max(mostBytes, cache.Bytes);
                }
            }
        }

        Assert.Equal(2 * Records, seen.Sum());
        Assert.InRange(cache.Evictions, 600, 800);
        Assert.InRange(mostBytes, cache.BudgetBytes / 2, cache.BudgetBytes * 11 / 10);
    }

    [Fact]
    public async Task ACorruptBlockEndsTheRunInItsOwnWords()
    {
        var file = Directory.EnumerateFiles(Blocks).Order(StringComparer.Ordinal).First();
        var bytes = await File.ReadAllBytesAsync(file);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(file, bytes);
        await using var source = (await Open(new BatchSourceOptions { Rank = 0, WorldSize = 1, BatchSize = 100, Seed = 1, Exhaustive = true })).Source;
        source.StartEpoch(0, 0);
        var error = Assert.Throws<DatasetException>(() => source.Next(default));
        Assert.StartsWith($"s3://datasets/large/train/{Path.GetFileName(file)} is corrupt: the checksum of its records is ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnObjectThatChangesUnderARunIsNamed()
    {
        var plain = $"file://{_folder.Path}/source";
        await using var source = (await Open(new BatchSourceOptions { Rank = 0, WorldSize = 1, BatchSize = 100, Seed = 1 }, uri: plain)).Source;
        File.SetLastWriteTimeUtc(Path.Combine(_folder.Path, "source", "train-labels-idx1-ubyte"), DateTime.UnixEpoch);
        source.StartEpoch(0, 0);
        var error = Assert.Throws<ObjectStoreException>(() => source.Next(default));
        Assert.Equal(ObjectStoreError.Changed, error.Error);
        Assert.Contains("train-labels-idx1-ubyte has changed: expected version", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFilterIsCountedBeforeTheFirstStep()
    {
        var pipeline = DataPipeline.Create().From(DataFormat.Packed).Filter("small labels", record => record["label"].AsNumber() < 64).Inputs("image").Target("label");
        var opened = await Open(new BatchSourceOptions { Rank = 0, WorldSize = 3, BatchSize = 10, Seed = 1 }, pipeline);
        await using var source = opened.Source;
        var expected = Enumerable.Range(0, Records).Count(i => i % 256 < 64);
        Assert.Equal(expected, opened.Records);
        Assert.Equal((expected + 29) / 30, source.StepsPerEpoch);
    }

    [Fact]
    public async Task ABadRecordIsSkippedAndCounted()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder.Path, "table")).FullName;
        await File.WriteAllLinesAsync(Path.Combine(folder, "train.csv"), ["x,y", .. Enumerable.Range(0, 200).Select(i => i == 150 ? "150" : $"{i},1")]);
        var pipeline = DataPipeline.Create().Inputs("x").Target("y");
        var options = new BatchSourceOptions { Rank = 0, WorldSize = 2, BatchSize = 10, Seed = 1, OnError = BadRecords.Skip };
        var opened = await Open(options, pipeline, $"file://{folder}");
        await using var source = opened.Source;
        source.StartEpoch(0, 0);
        source.Next(default)!.Dispose();
        Assert.Equal((10, 1), (source.StepsPerEpoch, opened.SkippedRecords));

        // Columns are only known once a block has been read, so this shows before the first step.
        var error = await Assert.ThrowsAsync<DatasetException>(() => Open(options with { OnError = BadRecords.Fail }, pipeline, $"file://{folder}"));
        Assert.EndsWith("/table/train.csv record 150 has 1 fields, expected 2.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ColumnsAreStandardisedWithTheStatisticsOfTheWholeSplit()
    {
        var pipeline = DataPipeline.Create().Inputs("image").Target("label").Standardise("image");
        var opened = await Open(new BatchSourceOptions { Rank = 0, WorldSize = 1, BatchSize = Records, Seed = 1 }, pipeline);
        await using var source = opened.Source;
        var column = Assert.Single(opened.Statistics);
        var values = Enumerable.Range(0, Records).Select(i => (double)(i % 256)).ToList();
        var mean = values.Average();
        var deviation = Math.Sqrt(values.Average(value => (value - mean) * (value - mean)));
        Assert.Equal(Enumerable.Repeat((long)Records * 10, 10), column.Count);
        Assert.All(column.Mean, found => Assert.Equal(mean, found, 1e-9));
        Assert.All(column.Deviation, found => Assert.Equal(deviation, found, 1e-9));
        Assert.Equal((0, 255), (column.Min[3], column.Max[3]));
        source.StartEpoch(0, 0);
        using var batch = source.Next(default)!;
        Assert.Equal(0, batch.Inputs.mean().item<float>(), 1e-4f);
        Assert.Equal(1, batch.Inputs.std(unbiased: false).item<float>(), 1e-4f);
    }

    private T Service<T>()
        where T : notnull => _cluster!.Silos[0].ServiceProvider.GetRequiredService<T>();

    private Task<OpenedDataset> Open(BatchSourceOptions options, DataPipeline? pipeline = null, string uri = "s3://datasets/large") =>
        Service<BatchSourceFactory>().Open(uri, "train", pipeline ?? DataPipeline.Create().Inputs("image").Target("label"), options);
}
