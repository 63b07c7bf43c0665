using OrleansTrain.Hosting;
using OrleansTrain.Hosting.Access;
using OrleansTrain.Hosting.Clustering;
using OrleansTrain.Hosting.Embedded;
using OrleansTrain.Storage;
using OrleansTrain.Tracking;
using OrleansTrain.Training.Native;

namespace OrleansTrain.Client.Sessions;

/// <summary>Sessions as the environment says: of the cluster that <c>ORLEANSTRAIN_REDIS</c> names, or of silos in this process.</summary>
internal sealed class HostedSessions(HomeFolder home, Func<string, string?> environment) : ISessions
{
    public const string RedisVariable = "ORLEANSTRAIN_REDIS";

    private const string ClusterIdVariable = "ORLEANSTRAIN_CLUSTER_ID";
    private const string ServiceIdVariable = "ORLEANSTRAIN_SERVICE_ID";

    private readonly RunningRuns _running = new(home);

    private string? Redis => Read(RedisVariable);

    public bool HasCluster => Redis is not null;

    public async Task<IClusterSession> OpenAsync(SessionOptions options, CancellationToken cancellationToken)
    {
        if (Redis is { } redis)
        {
            return await ConnectAsync(redis, options, cancellationToken);
        }

        home.Prepare();
        return await EmbeddedHost.StartAsync(
            new EmbeddedOptions
            {
                HomeFolder = home.Root,
                Silos = options.Silos,
                SlotsPerSilo = (options.Slots + options.Silos - 1) / options.Silos,
                Devices = Task.Run(() => EmbeddedDevices.Choose(options.Device, options.Slots, options.Silos, CountGpus), cancellationToken),
                ObjectStores = ObjectStoreOptions.FromEnvironment(home.Store),
                DatasetMemory = MemorySize.DatasetFromEnvironment(environment),
                Tracking = MlflowClientOptions.FromEnvironment(),
                Verbose = options.Verbose,
            },
            cancellationToken);
    }

    public async Task<IClusterSession?> AttachAsync(string? runId, SessionOptions options, CancellationToken cancellationToken)
    {
        if (Redis is { } redis)
        {
            return await ConnectAsync(redis, options, cancellationToken);
        }

        foreach (var entry in _running.Find(runId))
        {
            if (await EmbeddedClient.ConnectAsync(entry.GatewayPort, entry.Secret, entry.TrackingUri, options.Verbose, cancellationToken) is { } client)
            {
                return client;
            }

            _running.Forget(entry);
        }

        return null;
    }

    public IDisposable Announce(IClusterSession session, string runId) => session is EmbeddedHost host
        ? _running.Announce(new RunningRuns.Entry(runId, host.GatewayPort, host.Secret, host.TrackingUri))
        : NothingToTakeBack.Instance;

    private async Task<IClusterSession> ConnectAsync(string redis, SessionOptions options, CancellationToken cancellationToken) =>
        await ClusterClient.ConnectAsync(
            new ClusterClientOptions
            {
                Redis = redis,
                ClusterId = Read(ClusterIdVariable) ?? SiloSettings.DefaultClusterId,
                ServiceId = Read(ServiceIdVariable) ?? SiloSettings.DefaultServiceId,
                TrackingUri = MlflowClientOptions.FromEnvironment()?.TrackingUri.GetComponents(UriComponents.HttpRequestUrl, UriFormat.UriEscaped) ?? "",
                Access = ClusterAccess.FromEnvironment(environment),
                Verbose = options.Verbose,
            },
            cancellationToken);

    private static int CountGpus()
    {
        TorchRuntime.Initialize();
        return DeviceChoice.CudaDeviceCount();
    }

    private string? Read(string variable) => environment(variable) is { } text && !string.IsNullOrWhiteSpace(text) ? text.Trim() : null;

    private sealed class NothingToTakeBack : IDisposable
    {
        public static NothingToTakeBack Instance { get; } = new();

        public void Dispose()
        {
            // A run of a cluster needs no announcement: its grains are where everybody looks.
        }
    }
}
