using OrleansTrain.Client.Datasets;
using OrleansTrain.Client.Tests.Fakes;
using OrleansTrain.Storage;

namespace OrleansTrain.Client.Tests.Datasets;

public sealed class DatasetPreparationTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("orleanstrain").FullName;

    [Fact]
    public async Task TheFirstRunPutsAShippedDatasetThereAndLaterOnesDoNot()
    {
        Assert.Equal(2, (await PrepareAsync("s3://datasets/mnist")).Count);
        Assert.True(File.Exists(Path.Combine(_folder, "datasets", "mnist", "manifest.json")));

        Assert.Empty(await PrepareAsync("s3://datasets/mnist"));
    }

    [Fact]
    public async Task AShippedTableIsPutThereAsItIs()
    {
        Assert.Equal(2, (await PrepareAsync("s3://datasets/penguins")).Count);
        Assert.Equal(["penguins.csv"], Directory.GetFileSystemEntries(Path.Combine(_folder, "datasets", "penguins")).Select(Path.GetFileName));

        Assert.Empty(await PrepareAsync("s3://datasets/penguins"));
    }

    [Theory]
    [InlineData("s3://datasets/other")]
    [InlineData("s3://elsewhere/mnist")]
    [InlineData("file:///tmp/mnist")]
    public async Task WhatIsNotShippedIsLeftAlone(string dataset)
    {
        Assert.Empty(await PrepareAsync(dataset));
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public async Task WhatSomebodyElsePutThereIsLeftAlone()
    {
        var there = Directory.CreateDirectory(Path.Combine(_folder, "datasets", "mnist"));
        await File.WriteAllTextAsync(Path.Combine(there.FullName, "5_0001.png"), "");

        Assert.Empty(await PrepareAsync("s3://datasets/mnist"));
    }

    [Fact]
    public async Task WhatAnInterruptedUploadLeftIsCompleted()
    {
        var there = Directory.CreateDirectory(Path.Combine(_folder, "datasets", "mnist", "train"));
        await File.WriteAllTextAsync(Path.Combine(there.FullName, "00000-0123456789abcdef.otb"), "");

        Assert.Equal(2, (await PrepareAsync("s3://datasets/mnist")).Count);
    }

    private async Task<List<string>> PrepareAsync(string dataset)
    {
        var lines = new List<string>();
        var preparation = new DatasetPreparation(
            new ShippedDatasets(AppContext.BaseDirectory), () => new ObjectStores(new ObjectStoreOptions { LocalFolder = _folder }));
        await preparation.PrepareAsync(Statuses.Spec with { Dataset = dataset }, lines.Add, CancellationToken.None);
        return lines;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
