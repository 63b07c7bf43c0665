using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Dashboard;
using OrleansTrain.Hosting;
using OrleansTrain.Hosting.Access;
using OrleansTrain.Hosting.Leaving;
using OrleansTrain.Hosting.Logging;
using OrleansTrain.Hosting.Telemetry;
using OrleansTrain.Storage;
using OrleansTrain.Tracking;

namespace OrleansTrain.Silo;

/// <summary>One silo with its HTTP side.</summary>
internal static class SiloHost
{
    /// <summary>Runs until the process is asked to stop.</summary>
    public static async Task<int> Run(SiloOptions options, CancellationToken cancellationToken)
    {
        var settings = Settings(options);
        RequireFreePorts(options);
        var builder = WebApplication.CreateSlimBuilder();
        var isUp = false;
        builder.Logging.AddSiloLogging(options.Verbose, () => isUp);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(options.HttpAddress, options.HttpPort));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(50));
        builder.AddSiloTelemetry(settings.Name!);
        builder.UseOrleans(silo =>
        {
            silo.AddOrleansTrain(settings);
            silo.AddActivityPropagation();
            silo.AddDashboard();
        });
        builder.Services.AddSiloLeave();
        builder.Services.AddHealthChecks().AddCheck<SiloReadiness>("silo", tags: [HealthEndpoints.ReadyTag]);

        await using var app = builder.Build();
        app.UseHttpToken(options.HttpToken);
        app.MapHealth();
        app.MapPrometheusScrapingEndpoint("/metrics");
        app.MapOrleansDashboard("/dashboard");
        await app.StartUnlessRefusedAsync(cancellationToken);
        isUp = true;
        await Console.Error.WriteLineAsync(
            $"silo {settings.Name} is up: cluster {options.ClusterId}, {options.Slots} {options.Devices} slot(s), {options.AdvertisedAddress}:{options.SiloPort}, http://{options.HttpAddress}:{options.HttpPort}/health/ready");
        await app.WaitForShutdownAsync(cancellationToken);
        return 0;
    }

    private static SiloSettings Settings(SiloOptions options) => new()
    {
        ClusterId = options.ClusterId,
        ServiceId = options.ServiceId,
        Name = options.Name ?? $"{Environment.MachineName}:{options.SiloPort}",
        AdvertisedAddress = options.AdvertisedAddress,
        ListenOnAnyAddress = options.ListenOnAnyAddress,
        SiloPort = options.SiloPort,
        GatewayPort = options.GatewayPort,
        TensorPort = options.TensorPort,
        Slots = options.Slots,
        Devices = options.Devices,
        DatasetMemory = options.DatasetMemory,
        Redis = options.Redis,
        Access = options.Access,
        ObjectStores = ObjectStores(),
        Tracking = MlflowClientOptions.FromEnvironment()
            ?? throw new SiloOptionsException("A silo of a cluster needs MLFLOW_TRACKING_URI: an MLflow server, or `orleanstrain tracking` as a small one."),
    };

    // A folder below the current directory would be another one on every machine: only one that was named on purpose will do.
    private static ObjectStoreOptions ObjectStores()
    {
        var home = Environment.GetEnvironmentVariable("ORLEANSTRAIN_HOME");
        var options = ObjectStoreOptions.FromEnvironment(Path.Combine(home ?? ".", "store"));
        return options.Endpoint is not null || home is { Length: > 0 }
            ? options
            : throw new SiloOptionsException("A silo of a cluster needs AWS_ENDPOINT_URL_S3 (with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY), or ORLEANSTRAIN_HOME naming a folder that all silos share.");
    }

    private static void RequireFreePorts(SiloOptions options)
    {
        foreach (var (flag, port) in new[] { ("--silo-port", options.SiloPort), ("--gateway-port", options.GatewayPort), ("--tensor-port", options.TensorPort), ("--http-port", options.HttpPort) })
        {
            try
            {
                using var probe = new TcpListener(System.Net.IPAddress.Any, port);
                probe.Start();
            }
            catch (SocketException error)
            {
                throw new SiloOptionsException($"Port {port} cannot be used ({error.Message}): give another one with {flag}.");
            }
        }
    }
}
