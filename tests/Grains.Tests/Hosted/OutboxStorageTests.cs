using System.Collections.Concurrent;
using Orleans.Core.Internal;
using OrleansTrain.Grains.Abstractions.Tracking;
using OrleansTrain.Grains.Tests.Embedded;
using OrleansTrain.Tracking;
using OrleansTrain.Tracking.Server;

namespace OrleansTrain.Grains.Tests.Hosted;

/// <summary>What an outbox writes to the state store: entries before they are accepted, their delivery with what follows, or by itself.</summary>
public class OutboxStorageTests(MnistRun mnist) : IClassFixture<MnistRun>
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Delivery_is_stored_by_itself_when_nothing_follows()
    {
        await using var tracking = await Serve("quiet");
        using var writes = new BlockingCollection<string>();
        await using var cluster = await HostedCluster.Start(1, mnist, tracking.Uri, stored: writes.Add);
        var run = cluster.Client.GetGrain<IRunGrain>(await CreateRun(tracking.Uri));

        await run.LogMetrics([new MetricPoint("loss", 0.5, 1, 1_700_000_000_000)]);
        await Task.Run(() =>
        {
            Assert.Equal("outbox", Next(writes));
            Assert.Equal("outbox", Next(writes));
        });

        // With the server away a new activation keeps what it finds stored.
        await tracking.DisposeAsync();
        await run.AsReference<IGrainManagementExtension>().DeactivateOnIdle();
        Assert.Equal(0, (await run.GetOutbox()).Pending);
    }

    [Fact]
    public async Task After_Flush_delivery_is_stored()
    {
        await using var tracking = await Serve("flush");
        using var writes = new BlockingCollection<string>();
        await using var cluster = await HostedCluster.Start(1, mnist, tracking.Uri, stored: writes.Add);
        var run = cluster.Client.GetGrain<IRunGrain>(await CreateRun(tracking.Uri));

        await run.LogMetrics([new MetricPoint("loss", 0.5, 1, 1_700_000_000_000)]);
        var left = await run.Flush(Limit);

        Assert.Equal(0, left.Pending);
        Assert.Equal(["outbox", "outbox"], writes);
    }

    private static string? Next(BlockingCollection<string> writes) => writes.TryTake(out var name, Limit) ? name : null;

    private Task<EmbeddedTrackingServer> Serve(string name) =>
        EmbeddedTrackingServer.StartAsync(new EmbeddedTrackingOptions { DataFolder = Path.Combine(mnist.Home, name) });

    private static async Task<string> CreateRun(Uri server)
    {
        using var client = new MlflowClient(new MlflowClientOptions { TrackingUri = server });
        var experiment = await client.GetOrCreateExperimentAsync("outbox");
        return (await client.CreateRunAsync(experiment.ExperimentId, runName: null, DateTimeOffset.UnixEpoch)).RunId;
    }
}
