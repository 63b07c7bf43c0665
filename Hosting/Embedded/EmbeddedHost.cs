using System.Net;
using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OrleansTrain.Grains.Abstractions.Tracking;
using OrleansTrain.Hosting.Access;
using OrleansTrain.Hosting.Logging;
using OrleansTrain.Hosting.Telemetry;
using OrleansTrain.Tracking;
using OrleansTrain.Tracking.Server;

namespace OrleansTrain.Hosting.Embedded;

/// <summary>Silos, tracking server and object store in this process: a whole cluster on a machine that has nothing.</summary>
public sealed class EmbeddedHost : IClusterSession
{
    private readonly EmbeddedTrackingServer? _tracking;
    private readonly IReadOnlyList<EmbeddedSilo> _silos;

    private EmbeddedHost(EmbeddedTrackingServer? tracking, IReadOnlyList<EmbeddedSilo> silos, string secret, string trackingUri)
    {
        (_tracking, _silos, GatewayPort, Secret, TrackingUri) = (tracking, silos, silos[0].GatewayPort, secret, trackingUri);
        Grains = silos[0].Host.Services.GetRequiredService<IGrainFactory>();
    }

    /// <inheritdoc/>
    public IGrainFactory Grains { get; }

    /// <inheritdoc/>
    public bool IsEmbedded => true;

    /// <inheritdoc/>
    public string TrackingUri { get; }

    /// <summary>Where <see cref="EmbeddedClient"/> reaches the first silo, on loopback.</summary>
    public int GatewayPort { get; }

    /// <summary>What it asks callers for: other users of the machine reach the port too.</summary>
    public string Secret { get; }

    /// <summary>Starts everything and returns when the silos take calls.</summary>
    /// <exception cref="IOException">The home folder cannot be written, or what it holds cannot be used.</exception>
    public static async Task<EmbeddedHost> StartAsync(EmbeddedOptions options, CancellationToken cancellationToken = default)
    {
        var server = options.Tracking is null
            ? await EmbeddedTrackingServer.StartAsync(
                new EmbeddedTrackingOptions { DataFolder = Path.Combine(options.HomeFolder, "tracking") }, cancellationToken)
            : null;
        var secret = RandomNumberGenerator.GetHexString(48, lowercase: true);
        var silos = new List<EmbeddedSilo>();
        try
        {
            var tracking = options.Tracking ?? new MlflowClientOptions { TrackingUri = server!.Uri };
            var devices = await options.Devices;
            while (silos.Count < options.Silos + options.PreprocessingSilos)
            {
                var slots = silos.Count < options.Silos ? options.SlotsPerSilo : 0;
                var primary = silos.FirstOrDefault()?.SiloPort;
                silos.Add(await EmbeddedSilo.StartAsync(
                    (siloPort, gatewayPort) => Build(
                        options, tracking, devices, secret, slots, siloPort, gatewayPort, new IPEndPoint(IPAddress.Loopback, primary ?? siloPort)),
                    options.FindPorts,
                    cancellationToken));
            }

            var embedded = new EmbeddedHost(server, silos, secret, tracking.TrackingUri.ToString().TrimEnd('/'));

            // What earlier processes could not deliver to this MLflow goes on now; nobody waits for it.
            var mlflow = silos[0].Host.Services.GetRequiredService<IMlflowClient>().TrackingUri.ToString().TrimEnd('/');
            await embedded.Grains.GetGrain<IUndeliveredGrain>(mlflow).Wake();
            return embedded;
        }
        catch
        {
            await Stop(silos, server);
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => new(Stop(_silos, _tracking));

    private static IHost Build(EmbeddedOptions options, MlflowClientOptions tracking, string devices, string secret, int slots, int siloPort, int gatewayPort, IPEndPoint primary)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.AddClientLogging(options.Verbose);

        builder.AddClientTelemetry();
        builder.UseOrleans(silo => silo.AddActivityPropagation().AddOrleansTrain(new SiloSettings
        {
            SiloPort = siloPort,
            GatewayPort = gatewayPort,
            PrimarySilo = primary,
            Slots = slots,
            Devices = devices,
            StateFolder = Path.Combine(options.HomeFolder, "state"),
            ObjectStores = options.ObjectStores,
            DatasetMemory = options.DatasetMemory,
            Tracking = tracking,
            Access = ClusterAccess.WithSecret(secret),
        }));
        return builder.Build();
    }

    private static async Task Stop(IReadOnlyList<EmbeddedSilo> silos, EmbeddedTrackingServer? tracking)
    {
        foreach (var silo in silos.Reverse())
        {
            await silo.Host.StopAsync(CancellationToken.None);
            silo.Host.Dispose();
        }

        if (tracking is not null)
        {
            await tracking.DisposeAsync();
        }
    }
}
