using OrleansTrain.Harness.Processes;
using OrleansTrain.Harness.Proxy;
using OrleansTrain.Harness.Servers;

namespace OrleansTrain.Harness.Cluster;

/// <summary>
/// Redis, S3, tracking server and silos as real processes, each server behind a proxy that can disturb it. Everything is gone when it
/// is disposed. For one caller at a time.
/// </summary>
public sealed class RealCluster : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly string _folder;
    private readonly List<SiloProcess> _silos = [];

    private RealCluster(RedisServer redis, S3Server s3, TrackingServer tracking, string folder)
    {
        (Redis, S3, Tracking, _folder) = (redis, s3, tracking, folder);
        RedisProxy = new FaultProxy(redis.Port);
        S3Proxy = new FaultProxy(s3.Port);
        TrackingProxy = new FaultProxy(tracking.Port);
        Faults = new FaultPoints(Path.Combine(folder, "faults"));
    }

    /// <summary>Membership and grain state.</summary>
    public RedisServer Redis { get; }

    /// <summary>Data and checkpoints.</summary>
    public S3Server S3 { get; }

    /// <summary>Metrics.</summary>
    public TrackingServer Tracking { get; }

    /// <summary>Between silos, client and Redis.</summary>
    public FaultProxy RedisProxy { get; }

    /// <summary>Between silos, client and S3.</summary>
    public FaultProxy S3Proxy { get; }

    /// <summary>Between silos, client and tracking server.</summary>
    public FaultProxy TrackingProxy { get; }

    /// <summary>Named points at which silos can be made to die.</summary>
    public FaultPoints Faults { get; }

    /// <summary>Silos that were started and not removed, dead ones too.</summary>
    public IReadOnlyList<SiloProcess> Silos => _silos;

    /// <summary>What clients and silos are told by environment.</summary>
    public Dictionary<string, string?> Environment => new()
    {
        ["ORLEANSTRAIN_REDIS"] = $"127.0.0.1:{RedisProxy.Port}",
        ["ORLEANSTRAIN_CLUSTER_ID"] = null,
        ["ORLEANSTRAIN_HOME"] = Path.Combine(_folder, "home"),
        ["MLFLOW_TRACKING_URI"] = $"http://127.0.0.1:{TrackingProxy.Port}",
        // A server that accepts and never answers is to be noticed in a test's time.
        ["MLFLOW_HTTP_REQUEST_TIMEOUT"] = "5",
        ["AWS_ENDPOINT_URL_S3"] = $"http://127.0.0.1:{S3Proxy.Port}",
        ["AWS_ACCESS_KEY_ID"] = S3Server.Key,
        ["AWS_SECRET_ACCESS_KEY"] = S3Server.Key,
        ["ORLEANSTRAIN_FAULTS"] = Faults.Folder,
    };

    /// <summary>Starts the servers, without silos.</summary>
    /// <param name="redisPassword">Asked by Redis; null: none.</param>
    public static async Task<RealCluster> Start(string? redisPassword = null)
    {
        var folder = Directory.CreateTempSubdirectory("orleanstrain-cluster-").FullName;
        var redis = RedisServer.Start(Path.Combine(folder, "redis"), redisPassword);
        var s3 = S3Server.Start(Path.Combine(folder, "s3"), "datasets", "checkpoints");
        var tracking = TrackingServer.Start(Path.Combine(folder, "tracking"));
        return new RealCluster(await redis, await s3, await tracking, folder);
    }

    /// <summary>Starts silos together and waits until they are active.</summary>
    /// <param name="slots">Of each.</param>
    /// <returns>The new ones.</returns>
    public async Task<IReadOnlyList<SiloProcess>> StartSilos(int count, int slots, IReadOnlyDictionary<string, string?>? environment = null)
    {
        var variables = Environment;
        foreach (var (key, value) in environment ?? new Dictionary<string, string?>())
        {
            variables[key] = value;
        }

        var started = Enumerable.Range(0, count).Select(_ => new SiloProcess(slots, variables)).ToList();
        _silos.AddRange(started);
        await Task.WhenAll(started.Select(silo => silo.Ready(StartLimit)));
        return started;
    }

    /// <summary>Lets silos leave in order, so that nobody waits for them later, and forgets them.</summary>
    public Task Remove(params IEnumerable<SiloProcess> silos) => Task.WhenAll(silos.ToList().Select(async silo =>
    {
        silo.Process.Send(Signal.Continue);
        silo.Process.Send(Signal.Terminate);
        await silo.Process.WaitForExit(StartLimit);
        await silo.DisposeAsync();
        _silos.Remove(silo);
    }));

    /// <summary>Kills silos and forgets them.</summary>
    public async Task Kill(params IEnumerable<SiloProcess> silos)
    {
        foreach (var silo in silos.ToList())
        {
            await silo.DisposeAsync();
            _silos.Remove(silo);
        }
    }

    /// <summary>Starts the command line.</summary>
    public ManagedProcess Client(params IEnumerable<string> arguments) => Client(Environment, arguments);

    /// <summary>Starts the command line with an environment that is not the cluster's.</summary>
    public ManagedProcess Client(IReadOnlyDictionary<string, string?> environment, params IEnumerable<string> arguments)
    {
        var list = arguments.ToList();
        return ManagedProcess.Start($"orleanstrain {string.Join(' ', list)}", "dotnet", [Checkout.Client, .. list], environment, _folder);
    }

    /// <summary>Runs the command line to its end.</summary>
    /// <returns>Exit code and what it printed.</returns>
    public async Task<(int ExitCode, string Output, string Error)> Run(params IEnumerable<string> arguments)
    {
        await using var client = Client(arguments);
        var code = await client.WaitForExit(TimeSpan.FromSeconds(90));
        return (code, client.StandardOutput, client.StandardError);
    }

    /// <summary>Everything the silos have printed, for a failed test's message.</summary>
    public string SiloOutput => string.Join("\n\n", _silos.Select(silo => $"--- {silo.Process.Name}\n{silo.Process.Output}"));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Kill(_silos);
        foreach (var proxy in (FaultProxy[])[RedisProxy, S3Proxy, TrackingProxy])
        {
            await proxy.DisposeAsync();
        }

        await Tracking.DisposeAsync();
        await S3.DisposeAsync();
        await Redis.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
