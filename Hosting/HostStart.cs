using Microsoft.Extensions.Hosting;

namespace OrleansTrain.Hosting;

/// <summary>Starts hosts of silos and clients so that what went wrong is what the caller hears of.</summary>
internal static class HostStart
{
    /// <summary>
    /// Starts the host; one that does not start is disposed, never stopped: Orleans answers the stop of a silo that is not running with an
    /// exception of its own, and the reason would be lost.
    /// </summary>
    public static async Task StartOrDisposeAsync(this IHost host, CancellationToken cancellationToken)
    {
        try
        {
            await host.StartAsync(cancellationToken);
        }
        catch
        {
            await ((IAsyncDisposable)host).DisposeAsync();
            throw;
        }
    }
}
