using OrleansTrain.Grains.Abstractions.Runs;
using OrleansTrain.Hosting.Embedded;
using OrleansTrain.Storage;
using OrleansTrain.Tests.Shared;
using OrleansTrain.Tracking;
using OrleansTrain.Tracking.Server;

namespace OrleansTrain.Grains.Tests.Embedded;

/// <summary>An MLflow server that is not there when a run is to be started.</summary>
public sealed class RefusedStartTests : IDisposable
{
    private readonly TemporaryFolder _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task A_start_without_MLflow_is_refused_before_its_caller_gives_up_waiting()
    {
        Uri nobody;
        await using (var gone = await EmbeddedTrackingServer.StartAsync(new EmbeddedTrackingOptions { DataFolder = Path.Combine(_home.Path, "mlflow") }))
        {
            nobody = gone.Uri;
        }

        await using var host = await EmbeddedHost.StartAsync(new EmbeddedOptions
        {
            HomeFolder = _home.Path,
            Silos = 1,
            SlotsPerSilo = 1,
            ObjectStores = new ObjectStoreOptions { LocalFolder = Path.Combine(_home.Path, "store") },
            Tracking = new MlflowClientOptions { TrackingUri = nobody },
        });

        // Not a TimeoutException: whoever gets that one asks again.
        var refused = await Assert.ThrowsAsync<RunRefusedException>(() => MnistRun.Start(host, MnistRun.SmallSpec));

        Assert.Contains(nobody.Authority, refused.Message, StringComparison.Ordinal);
    }
}
