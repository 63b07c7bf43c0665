using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;
using OrleansTrain.Data;
using OrleansTrain.Data.Packed;
using OrleansTrain.Data.Sources;
using OrleansTrain.Grains.Data;
using OrleansTrain.Storage;
using OrleansTrain.Tests.Shared;

namespace OrleansTrain.Grains.Tests.Data;

/// <summary>Silos in this process with a folder as object store and MNIST in it.</summary>
public sealed class DatasetCluster : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private InProcessTestCluster? _cluster;

    internal static DataPipeline Mnist { get; } = DataPipeline.Create().Inputs("image").Target("label").Normalise("image", 0.5, 0.5, 1 / 255.0);

    internal ObjectStores Stores { get; private set; } = null!;

    internal string Folder => _folder.Path;

    public async Task InitializeAsync()
    {
        Stores = new ObjectStores(new ObjectStoreOptions { LocalFolder = _folder.Path });
        await new DatasetWriter(Stores).Put(Path.Combine(Repository.Root, "data", "mnist"), "s3://datasets/mnist");
        var builder = new InProcessTestClusterBuilder(2);
        builder.ConfigureSilo((_, silo) => silo.Services
            .AddSingleton<IObjectStores>(Stores)
            .AddDatasetServices(options => options.CacheBytes = 256 << 20));
        _cluster = builder.Build();
        await _cluster.DeployAsync();
    }

    public async Task DisposeAsync()
    {
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }

        Stores.Dispose();
        _folder.Dispose();
    }

    internal T Service<T>(int silo)
        where T : notnull => _cluster!.Silos[silo].ServiceProvider.GetRequiredService<T>();

    internal Task<OpenedDataset> Open(int silo, string split, BatchSourceOptions options, DataPipeline? pipeline = null, string uri = "s3://datasets/mnist") =>
        Service<BatchSourceFactory>(silo).Open(uri, split, pipeline ?? Mnist, options);
}
