using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrleansTrain.Exchange;
using OrleansTrain.Exchange.Hub;
using OrleansTrain.Exchange.Messages;
using OrleansTrain.Grains.Data;
using OrleansTrain.Grains.ParameterServer;
using OrleansTrain.Grains.Placement;
using OrleansTrain.Grains.Runs;
using OrleansTrain.Grains.Tracking;
using OrleansTrain.Grains.Trainers;
using OrleansTrain.Storage;
using OrleansTrain.Tasks;
using OrleansTrain.Tracking;

namespace OrleansTrain.Grains;

/// <summary>Registers what the grains of a silo work with.</summary>
public static class GrainRegistration
{
    /// <summary>Adds the services; the grains themselves are found by Orleans. Replace a service before this call to use another one.</summary>
    public static IServiceCollection AddTrainingGrains(this IServiceCollection services, GrainServices settings)
    {
        services.AddPlacementDirector<PinnedPlacement, PinnedPlacementDirector>();
        services.AddSingleton<IObjectStores>(_ => new ObjectStores(settings.ObjectStores));
        services.AddSingleton<IMlflowClient>(provider => new MlflowClient(
            settings.Tracking,
            [new ObjectStoreArtifactTransport(provider.GetRequiredService<IObjectStores>())],
            provider.GetRequiredService<ILogger<MlflowClient>>()));
        services.AddSingleton<IFrameCourier, GrainFrameCourier>();
        services.AddSingleton<IExchangeHub>(provider => new ExchangeHub(
            new ExchangeHubOptions
            {
                Silo = provider.GetRequiredService<ILocalSiloDetails>().SiloAddress.ToParsableString(),
                ListenAddress = settings.ListenOnAnyAddress ? IPAddress.Any : settings.AdvertisedAddress,
                AdvertisedAddress = settings.AdvertisedAddress.ToString(),
                Port = settings.TensorPort,
            },
            provider.GetRequiredService<IFrameCourier>()));
        services.AddSingleton<TaskRegistry>();
        services.AddSingleton<RunCheckpoints>();
        services.AddSingleton<MlflowDelivery>();
        services.AddSingleton<SiloAttempts>();
        services.AddSingleton(typeof(PinnedObjects<>));
        services.AddSingleton<OutboxMetrics>();
        services.AddHostedService<MetricsFromStart>();
        services.AddSingleton<RankHostFactory>();
        return services.AddDatasetServices(options => options.CacheBytes = settings.DatasetMemory ?? options.CacheBytes);
    }
}
