using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Persistence;
using Orleans.Storage;
using OrleansTrain.Grains;

namespace OrleansTrain.Hosting.Clustering;

/// <summary>A cluster on Redis: membership, grain state and reminders, over one connection.</summary>
internal static class RedisCluster
{
    public static ISiloBuilder UseRedisCluster(this ISiloBuilder silo, string connectionString)
    {
        var shared = new RedisConnection(connectionString);
        silo.Services.AddSingleton(shared);
        return silo.Configure<ClusterMembershipOptions>(SiloRegistration.DetectFailuresFast)
            .UseRedisClustering(options =>
            {
                options.ConfigurationOptions = shared.Options;
                options.CreateMultiplexer = async _ => (await shared.Connect(), true);
            })
            .UseRedisReminderService(options =>
            {
                options.ConfigurationOptions = shared.Options;
                options.CreateMultiplexer = async _ => (await shared.Connect(), true);
            })
            .AddRedisGrainStorage(GrainStorageNames.State, (OptionsBuilder<RedisStorageOptions> builder) => builder.Configure<IServiceProvider>((options, services) =>
            {
                options.ConfigurationOptions = shared.Options;
                options.CreateMultiplexer = async _ => (await shared.Connect(), true);
                options.GrainStorageSerializer = ActivatorUtilities.CreateInstance<OrleansGrainStorageSerializer>(services);
            }));
    }
}
