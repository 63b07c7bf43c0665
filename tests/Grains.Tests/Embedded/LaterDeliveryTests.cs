using OrleansTrain.Grains.Abstractions.Tracking;
using OrleansTrain.Hosting.Embedded;
using OrleansTrain.Storage;
using OrleansTrain.Tests.Shared;
using OrleansTrain.Tracking;
using OrleansTrain.Tracking.Server;

namespace OrleansTrain.Grains.Tests.Embedded;

/// <summary>An MLflow server that is away until the process has ended.</summary>
public sealed class LaterDeliveryTests : IDisposable
{
    private readonly TemporaryFolder _home = new();
    private readonly TemporaryFolder _mlflow = new();

    public void Dispose()
    {
        _home.Dispose();
        _mlflow.Dispose();
    }

    [Fact]
    public async Task The_next_process_delivers_what_an_earlier_one_could_not()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        Uri server;
        string runId;
        await using (var away = await EmbeddedTrackingServer.StartAsync(new EmbeddedTrackingOptions { DataFolder = _mlflow.Path }))
        {
            using var client = new MlflowClient(new MlflowClientOptions { TrackingUri = away.Uri });
            server = away.Uri;
            var experiment = await client.GetOrCreateExperimentAsync("later");
            runId = (await client.CreateRunAsync(experiment.ExperimentId, runName: null, DateTimeOffset.UnixEpoch)).RunId;
        }

        await using (var first = await StartHost(server))
        {
            var run = first.Grains.GetGrain<IRunGrain>(runId);
            await run.LogParams(new Dictionary<string, string> { ["depth"] = "3" });
            await run.SetStatus("FINISHED", DateTimeOffset.UnixEpoch);
            Assert.Equal(2, (await run.Flush(TimeSpan.FromSeconds(2))).Pending);
        }

        await using var back = await EmbeddedTrackingServer.StartAsync(new EmbeddedTrackingOptions { DataFolder = _mlflow.Path, Port = server.Port });
        await using var second = await StartHost(server);

        using var reader = new MlflowClient(new MlflowClientOptions { TrackingUri = server });
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        MlflowRun delivered;
        do
        {
            await timer.WaitForNextTickAsync(limit.Token); // A run that nobody asks about: only MLflow can tell.
            delivered = await reader.GetRunAsync(runId, limit.Token);
        }
        while (delivered.Info.Status != MlflowRunStatus.Finished);

        Assert.Equal("3", delivered.Param("depth"));
    }

    private Task<EmbeddedHost> StartHost(Uri server) => EmbeddedHost.StartAsync(new EmbeddedOptions
    {
        HomeFolder = _home.Path,
        Silos = 1,
        SlotsPerSilo = 1,
        ObjectStores = new ObjectStoreOptions { LocalFolder = Path.Combine(_home.Path, "store") },
        Tracking = new MlflowClientOptions { TrackingUri = server },
    });
}
