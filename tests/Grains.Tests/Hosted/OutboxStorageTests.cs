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
    // Less than the minute after which a reminder starts what was forgotten.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(40);
    private static readonly MetricPoint Point = new("loss", 0.5, 1, 1_700_000_000_000);

    [Fact]
    public Task Delivery_is_stored_by_itself_when_nothing_follows() => Log("quiet", async (run, writes, server) =>
    {
        Assert.Equal("outbox", await Next(writes));
        Assert.Equal("outbox", await Next(writes));

        // With the server away a new activation keeps what it finds stored.
        await server.DisposeAsync();
        await run.AsReference<IGrainManagementExtension>().DeactivateOnIdle();
        Assert.Equal(0, (await run.GetOutbox()).Pending);
    });

    [Fact]
    public Task After_Flush_delivery_is_stored() => Log("flush", async (run, writes, _) =>
    {
        var left = await run.Flush(Limit);

        Assert.Equal(0, left.Pending);
        Assert.Equal(["outbox", "outbox"], writes);
    });

    [Fact]
    public Task Delivery_that_cannot_be_stored_is_stored_later_and_leaves_no_error() => Log("refused", async (run, writes, _) =>
    {
        Assert.Equal("outbox", await Next(writes));
        while (await Next(writes) is var name && name != "outbox")
        {
            Assert.NotNull(name);
        }

        var left = await run.Flush(Limit);
        Assert.Equal((0, null), (left.Pending, left.LastError));
    }, refused: 1);

    [Fact]
    public async Task What_comes_while_the_run_is_taken_off_the_list_of_those_that_wait_is_sent_without_another_call()
    {
        var (folder, server, runId) = await CreateRunAndLeave("listed");
        using var writes = new BlockingCollection<string>();
        var listWrites = 0;
        var (takenOff, gate) = (new TaskCompletionSource(), new TaskCompletionSource());
        Task Storing(string name)
        {
            if (name != "undelivered" || ++listWrites < 2)
            {
                return Task.CompletedTask;
            }

            takenOff.TrySetResult();
            return gate.Task;
        }

        await using var cluster = await HostedCluster.Start(1, mnist, server, storing: Storing, stored: writes.Add);
        var run = cluster.Client.GetGrain<IRunGrain>(runId);
        await run.LogMetrics([Point]);
        Assert.Equal("outbox, undelivered", await Next(writes, 2));
        await using var back = await EmbeddedTrackingServer.StartAsync(new EmbeddedTrackingOptions { DataFolder = folder, Port = server.Port });
        await takenOff.Task.WaitAsync(Limit);

        await run.LogMetrics([Point with { Step = 2 }]);
        gate.SetResult();

        // Delivered; accepted; taken off; delivered.
        Assert.Equal("outbox, outbox, undelivered, outbox", await Next(writes, 4));
        var left = await run.GetOutbox();
        Assert.Equal((0, null), (left.Pending, left.LastError));
    }

    [Fact]
    public async Task Deactivated_before_its_delivery_is_stored_the_run_is_still_taken_off_the_list_of_those_that_wait()
    {
        var (folder, server, runId) = await CreateRunAndLeave("deactivated");
        using var writes = new BlockingCollection<string>();
        var listWrites = 0;
        Task Storing(string name) => name == "undelivered" && ++listWrites == 2
            ? throw new IOException("The state store is away.")
            : Task.CompletedTask;

        await using var cluster = await HostedCluster.Start(1, mnist, server, storing: Storing, stored: writes.Add);
        var run = cluster.Client.GetGrain<IRunGrain>(runId);
        await run.LogMetrics([Point]);
        Assert.Equal("outbox, undelivered", await Next(writes, 2));
        await using var back = await EmbeddedTrackingServer.StartAsync(new EmbeddedTrackingOptions { DataFolder = folder, Port = server.Port });

        // Delivered, and stored at once, since the last write is long ago; but it stays on the list.
        Assert.Equal(0, (await run.Flush(Limit)).Pending);
        Assert.Equal("outbox", await Next(writes));
        await run.LogMetrics([Point with { Step = 2 }]);
        Assert.Equal("outbox", await Next(writes));
        while ((await run.GetOutbox()).Pending > 0)
        {
            await Task.Yield();
        }

        await run.AsReference<IGrainManagementExtension>().DeactivateOnIdle();

        // In the other order where a second has passed before the deactivation.
        Assert.Equal("outbox, undelivered", string.Join(", ", (await Next(writes, 2)).Split(", ").Order()));
    }

    /// <summary>A run of one point, on a cluster of one silo.</summary>
    /// <param name="refused">How many writes after the first one the state store refuses.</param>
    private async Task Log(string name, Func<IRunGrain, BlockingCollection<string>, EmbeddedTrackingServer, Task> test, int refused = 0)
    {
        await using var tracking = await EmbeddedTrackingServer.StartAsync(new EmbeddedTrackingOptions { DataFolder = Path.Combine(mnist.Home, name) });
        using var writes = new BlockingCollection<string>();
        var begun = 0;
        Task Storing(string _) => Interlocked.Increment(ref begun) is var write && write > 1 && write <= 1 + refused
            ? throw new IOException("The state store is away.")
            : Task.CompletedTask;
        await using var cluster = await HostedCluster.Start(1, mnist, tracking.Uri, storing: Storing, stored: writes.Add);
        var run = cluster.Client.GetGrain<IRunGrain>(await CreateRun(tracking.Uri));
        await run.LogMetrics([Point]);
        await test(run, writes, tracking);
        Assert.True(begun > refused + 1, $"{begun} writes");
    }

    private static Task<string?> Next(BlockingCollection<string> writes) => Task.Run(() => writes.TryTake(out var name, Limit) ? name : null);

    private static async Task<string> Next(BlockingCollection<string> writes, int count)
    {
        var names = new List<string?>();
        while (names.Count < count)
        {
            names.Add(await Next(writes));
        }

        return string.Join(", ", names);
    }

    /// <summary>A run of a server that is gone; one started on its folder and port has the run.</summary>
    private async Task<(string Folder, Uri Server, string RunId)> CreateRunAndLeave(string name)
    {
        var folder = Path.Combine(mnist.Home, name);
        await using var away = await EmbeddedTrackingServer.StartAsync(new EmbeddedTrackingOptions { DataFolder = folder });
        return (folder, away.Uri, await CreateRun(away.Uri));
    }

    private static async Task<string> CreateRun(Uri server)
    {
        using var client = new MlflowClient(new MlflowClientOptions { TrackingUri = server });
        var experiment = await client.GetOrCreateExperimentAsync("outbox");
        return (await client.CreateRunAsync(experiment.ExperimentId, runName: null, DateTimeOffset.UnixEpoch)).RunId;
    }
}
