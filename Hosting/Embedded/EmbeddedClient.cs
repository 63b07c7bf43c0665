using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using OrleansTrain.Hosting.Access;
using OrleansTrain.Hosting.Logging;

namespace OrleansTrain.Hosting.Embedded;

/// <summary>A client of the embedded cluster that another process of this machine runs.</summary>
public sealed class EmbeddedClient : IClusterSession
{
    private static readonly TimeSpan LongestConnect = TimeSpan.FromSeconds(2);

    private readonly IHost _host;

    private EmbeddedClient(IHost host, string trackingUri)
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

    /// <summary>Connects to the gateway of the first silo.</summary>
    /// <param name="gatewayPort">As <see cref="EmbeddedHost.GatewayPort"/> said.</param>
    /// <param name="secret">As <see cref="EmbeddedHost.Secret"/> said.</param>
    /// <returns>Null when nothing listens there any more.</returns>
    public static async Task<EmbeddedClient?> ConnectAsync(int gatewayPort, string secret, string trackingUri, bool verbose, CancellationToken cancellationToken = default)
    {
        var gateway = new IPEndPoint(IPAddress.Loopback, gatewayPort);
        if (!await ListensAsync(gateway, cancellationToken))
        {
            return null;
        }

        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.AddClientLogging(verbose);

        builder.UseOrleansClient(client => client
            .Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = (SiloSettings.DefaultClusterId, SiloSettings.DefaultServiceId))
            .UseClusterAccess(ClusterAccess.WithSecret(secret))
            .UseStaticClustering(gateway));
        var host = builder.Build();
        await host.StartUnlessRefusedAsync(cancellationToken);
        return new EmbeddedClient(host, trackingUri);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        _host.Dispose();
    }

    // Orleans' client would go on trying.
    private static async Task<bool> ListensAsync(IPEndPoint gateway, CancellationToken cancellationToken)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(LongestConnect);
        try
        {
            await socket.ConnectAsync(gateway, patience.Token);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
