using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace OrleansTrain.Hosting.Access;

/// <summary>Starts a silo or a client that the cluster's silos may turn away.</summary>
public static class RefusedStart
{
    /// <summary>
    /// Starts the host; gives up as soon as a silo of the cluster says that it will not let this process in. Orleans would go on trying.
    /// A host that does not start is disposed.
    /// </summary>
    /// <exception cref="ClusterRefusedException">A silo refuses this process.</exception>
    public static async Task StartUnlessRefusedAsync(this IHost host, CancellationToken cancellationToken = default)
    {
        var refusals = host.Services.GetRequiredService<Refusals>();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, refusals.Final);
        try
        {
            await host.StartOrDisposeAsync(limit.Token);
        }
        catch when (refusals.Newest is not null && !cancellationToken.IsCancellationRequested)
        {
            throw refusals.Newest;
        }
    }
}
