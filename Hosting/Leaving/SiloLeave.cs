using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansTrain.Grains.Abstractions.Cluster;

namespace OrleansTrain.Hosting.Leaving;

/// <summary>
/// Hands a silo's ranks back before it stops: registered after Orleans, so that the host stops it first, while the silo still works.
/// On start it wakes the runs that a lost cluster has left behind.
/// </summary>
internal sealed partial class SiloLeave(IGrainFactory grains, ILocalSiloDetails silo, TimeProvider time, ILogger<SiloLeave> logger) : IHostedService
{
    // Kubernetes and Docker kill after 30 and 10 seconds by default; the manifests ask for 60.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(25);

    private IClusterGrain Cluster => grains.GetGrain<IClusterGrain>(IClusterGrain.Key);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // Not awaited: a silo is up before the runs it may help are.
        Cluster.WakeRuns().Ignore();
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        var address = silo.SiloAddress.ToParsableString();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            IReadOnlyList<string> runs;
            while ((runs = await Cluster.Leave(address)).Count > 0)
            {
                LogWaiting(runs.Count);
                await Task.Delay(TimeSpan.FromMilliseconds(300), time, limit.Token);
            }
        }
#pragma warning disable CA1031 // The silo stops in any case; its runs then recover as from a crash.
        catch (Exception error)
#pragma warning restore CA1031
        {
            LogGaveUp(error);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Leaving: {Count} runs still have ranks here")]
    private partial void LogWaiting(int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Leaving without having handed all ranks back; their runs go on from the last checkpoint")]
    private partial void LogGaveUp(Exception error);
}
