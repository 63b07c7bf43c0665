using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Connections.Security;
using OrleansTrain.Grains.Cluster;

namespace OrleansTrain.Hosting.Access;

/// <summary>Puts TLS and the greeting in front of Orleans on each connection.</summary>
internal static class AccessRegistration
{
    public static ISiloBuilder UseClusterAccess(this ISiloBuilder silo, ClusterAccess access)
    {
        AddGreeting(silo.Services, access);
        var tls = access.Certificate?.ToOptions();
        return silo.Configure<SiloConnectionOptions>(options =>
        {
            options.ConfigureSiloOutboundConnection(connection => Connecting(connection, tls));
            options.ConfigureSiloInboundConnection(connection => Accepting(connection, tls));
            options.ConfigureGatewayInboundConnection(connection => Accepting(connection, tls));
        });
    }

    public static IClientBuilder UseClusterAccess(this IClientBuilder client, ClusterAccess access)
    {
        AddGreeting(client.Services, access);
        var tls = access.Certificate?.ToOptions();
        return client.Configure<ClientConnectionOptions>(options => options.ConfigureConnection(connection => Connecting(connection, tls)));
    }

    private static void AddGreeting(IServiceCollection services, ClusterAccess access)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<Refusals>();
        services.AddSingleton(provider =>
        {
            var cluster = provider.GetRequiredService<IOptions<ClusterOptions>>().Value;
            return new Greeting(
                GreetingMessage.ClusterOf(cluster.ServiceId, cluster.ClusterId), SiloOffer.ThisVersion, access, provider.GetRequiredService<Refusals>());
        });
    }

    private static void Connecting(IConnectionBuilder connection, TlsOptions? tls)
    {
        if (tls is not null)
        {
            connection.Use(next => new TlsWatch(connection.ApplicationServices.GetRequiredService<Refusals>()).Around(next));
            connection.UseClientTls(tls);
            connection.Use(TlsWatch.Mark);
        }

        connection.Use(connection.ApplicationServices.GetRequiredService<Greeting>().Connecting);
    }

    private static void Accepting(IConnectionBuilder connection, TlsOptions? tls)
    {
        if (tls is not null)
        {
            connection.UseServerTls(tls);
        }

        connection.Use(connection.ApplicationServices.GetRequiredService<Greeting>().Accepting);
    }
}
