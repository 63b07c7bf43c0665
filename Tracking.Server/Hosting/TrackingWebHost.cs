using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using OrleansTrain.Tracking.Server.Artifacts;
using OrleansTrain.Tracking.Server.Database;
using OrleansTrain.Tracking.Server.Http;

namespace OrleansTrain.Tracking.Server.Hosting;

/// <summary>The web server: only sockets and our routes. It reads no configuration and logs nothing.</summary>
internal static class TrackingWebHost
{
    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(2);

    public static WebApplication Build(IPEndPoint endpoint, EmbeddedTrackingOptions options, TrackingDatabase database, ArtifactFolder artifacts)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(endpoint);
        });
        builder.Services.AddSingleton<IHostLifetime, NoSignalLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = LongestStop);
        var web = builder.Build();
        var pipeline = new RequestPipeline(
            new AccessRules(endpoint, options),
            new Router(TrackingRoutes.All(database, artifacts, options.NewRunId)),
            options.Logger ?? NullLogger.Instance);
        web.Run(pipeline.HandleAsync);
        return web;
    }

    public static int BoundPort(WebApplication web) =>
        new Uri(web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port;
}
