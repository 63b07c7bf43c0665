using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Runtime.MembershipService.SiloMetadata;
using OrleansTrain.Grains;
using OrleansTrain.Grains.Cluster;
using OrleansTrain.Hosting.Access;
using OrleansTrain.Hosting.Clustering;
using OrleansTrain.Hosting.Embedded;

namespace OrleansTrain.Hosting;

/// <summary>Makes a silo of a host: used by the silo process, by the client's embedded silo, and by tests.</summary>
public static class SiloRegistration
{
    // Grains a silo remembers the place of. Orleans takes a million, and allocates for it; the dashboard and each scrape of /metrics walk through
    // all of that (8 MB) to count the entries, once a second and on the ranks' cores.
    private const int DirectoryCacheSize = 1 << 16;

    /// <summary>Adds everything a silo needs to host runs.</summary>
    public static ISiloBuilder AddOrleansTrain(this ISiloBuilder silo, SiloSettings settings)
    {
        silo.Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = (settings.ClusterId, settings.ServiceId))
            .Configure<SiloOptions>(options => options.SiloName = settings.Name ?? $"{Environment.MachineName}:{settings.SiloPort}")
            .ConfigureEndpoints(settings.AdvertisedAddress, settings.SiloPort, settings.GatewayPort, settings.ListenOnAnyAddress)
            .UseSiloMetadata(new SiloOffer(settings.Slots, settings.Devices, SiloOffer.ThisVersion).ToMetadata())
            .UseClusterAccess(settings.Access);

        if (settings.Redis is { } redis)
        {
            silo.UseRedisCluster(redis);
        }
        else
        {
            silo.UseEmbeddedCluster(settings);
        }

        return silo.AddRuns(settings);
    }

    /// <summary>Adds the grains and what they work with, on whatever cluster the silo is part of.</summary>
    public static ISiloBuilder AddRuns(this ISiloBuilder silo, SiloSettings settings)
    {
        silo.Services.AddSingleton(TimeProvider.System);
        silo.Configure<GrainDirectoryOptions>(options => options.CacheSize = DirectoryCacheSize);
        silo.Services.AddTrainingGrains(new GrainServices
        {
            ObjectStores = settings.ObjectStores,
            Tracking = settings.Tracking,
            AdvertisedAddress = settings.AdvertisedAddress,
            ListenOnAnyAddress = settings.ListenOnAnyAddress,
            TensorPort = settings.TensorPort,
            DatasetMemory = settings.DatasetMemory,
        });
        return silo;
    }

    // Ten seconds to notice a silent silo: a training step waits for it. Orleans' defaults are made for services that can wait a minute.
    internal static void DetectFailuresFast(ClusterMembershipOptions options)
    {
        options.ProbeTimeout = TimeSpan.FromSeconds(1.5);
        options.NumMissedProbesLimit = 3;
        options.NumVotesForDeathDeclaration = 1;
        options.TableRefreshTimeout = TimeSpan.FromSeconds(10);
        // A silo that joins waits for an answer of all whose sign of life is younger than three of these: after the loss of a whole cluster,
        // that long for silos that will never answer.
        options.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(2);
        options.MaxJoinAttemptTime = TimeSpan.FromMinutes(1);
        options.DefunctSiloExpiration = TimeSpan.FromHours(1);
        options.DefunctSiloCleanupPeriod = TimeSpan.FromMinutes(10);
    }
}
