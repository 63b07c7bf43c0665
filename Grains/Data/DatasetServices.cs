using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Runtime.MembershipService.SiloMetadata;
using Orleans.Serialization;
using OrleansTrain.Data.Blocks;
using OrleansTrain.Grains.Data.Dedicated;
using OrleansTrain.Grains.Placement;

namespace OrleansTrain.Grains.Data;

/// <summary>What a silo needs to read datasets.</summary>
public static class DatasetServices
{
    /// <summary>
    /// Adds the block cache and <see cref="BatchSourceFactory"/>. <see cref="Storage.IObjectStores"/> must be registered.
    /// </summary>
    public static IServiceCollection AddDatasetServices(this IServiceCollection services, Action<DatasetOptions>? configure = null)
    {
        services.AddOptions<DatasetOptions>()
            .Configure(options => configure?.Invoke(options))
            .Validate(options => options is { CacheBytes: >= 0, ParallelLoads: > 0, ParallelGets: > 0 }, "Cache size and parallel loads and gets must not be negative or zero.")
            .ValidateOnStart();

        // Dataset and store errors cross grain calls as themselves, not as a stand-in.
        services.Configure<ExceptionSerializationOptions>(options => options.SupportedNamespacePrefixes.Add("OrleansTrain"));
        services.AddPlacementDirector<PinnedPlacement, PinnedPlacementDirector>();
        services.AddSingleton<PipelineRegistry>();
        services.AddSingleton(provider => new PreprocessingSilos(
            provider.GetRequiredService<IClusterMembershipService>(), provider.GetService<ISiloMetadataCache>()));
        services.AddSingleton<RemoteBlocks>();
        services.AddMetrics();
        services.AddSingleton<DatasetMetrics>();
        services.AddSingleton<BlockLoads>();
        services.AddSingleton(provider => new BlockCache(provider.GetRequiredService<IOptions<DatasetOptions>>().Value.CacheBytes));
        services.AddSingleton(provider => new BatchSourceFactory(
            provider.GetRequiredService<IGrainFactory>(),
            provider.GetRequiredService<ILocalSiloDetails>(),
            provider.GetRequiredService<PipelineRegistry>(),
            provider.GetRequiredService<RemoteBlocks>(),
            provider.GetRequiredService<BlockCache>()));
        return services;
    }
}
