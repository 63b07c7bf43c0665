using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansTrain.Grains.Abstractions.Cluster;
using OrleansTrain.Hosting.Access;
using OrleansTrain.Storage;
using OrleansTrain.Tests.Shared;
using OrleansTrain.Tracking;

namespace OrleansTrain.Hosting.Tests.Access;

/// <summary>Real silos and clients on real sockets.</summary>
public sealed class ClusterAccessTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();
    private readonly int[] _ports = FreePort.Find(4);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task WithASecretAClientNeedsItToo()
    {
        using var silo = await Start(ClusterAccess.WithSecret("a secret of the cluster"));

        Assert.Equal(1, await CountSilos(ClusterAccess.WithSecret("a secret of the cluster")));
        var without = await Assert.ThrowsAsync<ClusterRefusedException>(() => CountSilos(ClusterAccess.Open));
        Assert.Contains("it asks for a secret: set ORLEANSTRAIN_CLUSTER_SECRET", without.Message, StringComparison.Ordinal);
        var wrong = await Assert.ThrowsAsync<ClusterRefusedException>(() => CountSilos(ClusterAccess.WithSecret("another secret, as long")));
        Assert.Contains("ORLEANSTRAIN_CLUSTER_SECRET is not the cluster's", wrong.Message, StringComparison.Ordinal);
        await silo.StopAsync();
    }

    [Fact]
    public async Task ASiloWithAnotherSecretDoesNotJoin()
    {
        var access = ClusterAccess.WithSecret("a secret of the cluster");
        using var silo = await Start(access);

        var error = await Assert.ThrowsAsync<ClusterRefusedException>(() => Start(ClusterAccess.WithSecret("another secret, as long"), first: false));
        using var second = await Start(access, first: false);

        Assert.Contains("ORLEANSTRAIN_CLUSTER_SECRET is not the cluster's", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, await CountSilos(access));
        await second.StopAsync();
        await silo.StopAsync();
    }

    [Fact]
    public async Task WithTlsACertificateOfTheSameAuthorityIsNeeded()
    {
        using var ours = new Authority(Path.Combine(_folder.Path, "ours"));
        using var theirs = new Authority(Path.Combine(_folder.Path, "theirs"));
        using var silo = await Start(Tls(ours, "silo"));

        Assert.Equal(1, await CountSilos(Tls(ours, "client")));
        var foreign = await Assert.ThrowsAsync<ClusterRefusedException>(() => CountSilos(Tls(theirs, "client")));
        Assert.Contains("no TLS with it", foreign.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ClusterRefusedException>(() => CountSilos(ClusterAccess.Open));
        await silo.StopAsync();
    }

    [Fact]
    public void HalfOfTlsIsRefused()
    {
        var error = Assert.Throws<FormatException>(() => ClusterAccess.FromEnvironment(name => name == ClusterAccess.KeyVariable ? "key.pem" : null));

        Assert.Equal("TLS between silos and clients needs all of ORLEANSTRAIN_TLS_CERT, ORLEANSTRAIN_TLS_KEY and ORLEANSTRAIN_TLS_CA: three PEM files.", error.Message);
    }

    [Fact]
    public void ACertificateOfAnotherAuthorityIsRefusedAtTheStart()
    {
        using var ours = new Authority(Path.Combine(_folder.Path, "ours"));
        using var theirs = new Authority(Path.Combine(_folder.Path, "theirs"));
        var (certificate, key) = ours.Sign("silo");

        var error = Assert.Throws<FormatException>(() => FromFiles(certificate, key, theirs.RootFile));

        Assert.Contains("does not come from the authority", error.Message, StringComparison.Ordinal);
    }

    private static ClusterAccess Tls(Authority authority, string name)
    {
        var (certificate, key) = authority.Sign(name);
        return FromFiles(certificate, key, authority.RootFile);
    }

    private static ClusterAccess FromFiles(string certificate, string key, string authority) => ClusterAccess.FromEnvironment(variable => variable switch
    {
        ClusterAccess.CertificateVariable => certificate,
        ClusterAccess.KeyVariable => key,
        ClusterAccess.AuthorityVariable => authority,
        _ => null,
    });

    private async Task<IHost> Start(ClusterAccess access, bool first = true)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.UseOrleans(silo => silo.AddOrleansTrain(new SiloSettings
        {
            SiloPort = _ports[first ? 0 : 2],
            GatewayPort = _ports[first ? 1 : 3],
            PrimarySilo = new IPEndPoint(IPAddress.Loopback, _ports[0]),
            StateFolder = Path.Combine(_folder.Path, first ? "1" : "2"),
            ObjectStores = new ObjectStoreOptions { LocalFolder = _folder.Path },
            Tracking = new MlflowClientOptions { TrackingUri = new Uri("http://127.0.0.1:1") },
            Access = access,
        }));
        var host = builder.Build();
        try
        {
            await host.StartUnlessRefusedAsync().WaitAsync(Patience);
            return host;
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    private async Task<int> CountSilos(ClusterAccess access)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.UseOrleansClient(client => client
            .Configure<Orleans.Configuration.ClusterOptions>(options => (options.ClusterId, options.ServiceId) = (SiloSettings.DefaultClusterId, SiloSettings.DefaultServiceId))
            .UseClusterAccess(access)
            .UseStaticClustering(new IPEndPoint(IPAddress.Loopback, _ports[1])));
        using var host = builder.Build();
        await host.StartUnlessRefusedAsync().WaitAsync(Patience);
        var cluster = await host.Services.GetRequiredService<IClusterClient>().GetGrain<IClusterGrain>(IClusterGrain.Key).GetCluster();
        await host.StopAsync();
        return cluster.Silos.Count(silo => silo.Status == "Active");
    }
}
