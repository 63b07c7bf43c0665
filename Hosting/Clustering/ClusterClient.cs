using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Runtime.Messaging;
using OrleansTrain.Hosting.Access;
using OrleansTrain.Hosting.Logging;
using OrleansTrain.Hosting.Telemetry;

namespace OrleansTrain.Hosting.Clustering;

/// <summary>A client of the cluster that ORLEANSTRAIN_REDIS names.</summary>
public sealed class ClusterClient : IClusterSession
{
    // Orleans would look for a first silo for minutes. One that is being started beside this client is up by then.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(18);

    // What a client must know first, it asks one silo for: if that one dies before it has answered, Orleans waits for 30 s.
    private static readonly TimeSpan OneTry = TimeSpan.FromSeconds(6);

    private readonly IHost _host;

    private ClusterClient(IHost host, string trackingUri)
    {
        (_host, TrackingUri) = (host, trackingUri);
        Grains = host.Services.GetRequiredService<IClusterClient>();
    }

    /// <inheritdoc/>
    public IGrainFactory Grains { get; }

    /// <inheritdoc/>
    public bool IsEmbedded => false;

    /// <inheritdoc/>
    public string TrackingUri { get; }

    /// <summary>Connects to the cluster.</summary>
    /// <exception cref="RedisUnreachableException">Redis does not answer or refuses.</exception>
    /// <exception cref="ClusterRefusedException">The silos do not let this process in.</exception>
    /// <exception cref="NoSilosException">Redis answers but no silo of this cluster is up.</exception>
    public static async Task<ClusterClient> ConnectAsync(ClusterClientOptions options, CancellationToken cancellationToken = default)
    {
        var redis = new RedisConnection(options.Redis);
        await redis.Connect();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        while (true)
        {
            var host = Build(options, redis);
            using var oneTry = CancellationTokenSource.CreateLinkedTokenSource(patience.Token);
            oneTry.CancelAfter(OneTry);
            try
            {
                await host.StartUnlessRefusedAsync(oneTry.Token);
                return new ClusterClient(host, options.TrackingUri);
            }
            catch (OperationCanceledException) when (!patience.IsCancellationRequested)
            {
                // Another silo may answer.
            }
            catch (Exception error) when (error is SiloUnavailableException or ConnectionFailedException or TimeoutException
                || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                throw new NoSilosException(options.ClusterId, error);
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        _host.Dispose();
    }

    private static IHost Build(ClusterClientOptions options, RedisConnection redis)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.AddClientLogging(options.Verbose);

        builder.AddClientTelemetry();
        builder.Services.AddSingleton(redis);
        builder.UseOrleansClient(client => client
            .AddActivityPropagation()
            .Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (options.ClusterId, options.ServiceId))
            .UseClusterAccess(options.Access)
            .UseRedisClustering(clustering =>
            {
                clustering.ConfigurationOptions = redis.Options;
                clustering.CreateMultiplexer = async _ => (await redis.Connect(), true);
            }));
        return builder.Build();
    }
}
