using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Polly;
using Polly.Retry;

namespace OrleansTrain.Grains.Placement;

/// <summary>Calls to grains whose silo may be dying: until the cluster has noticed, they fail; then the grain is found on another.</summary>
internal static class SiloLoss
{
    // In all about twice as long as the cluster needs to declare a silo dead.
    private static readonly ResiliencePipeline Pipeline = new ResiliencePipelineBuilder().AddRetry(new RetryStrategyOptions
    {
        ShouldHandle = new PredicateBuilder().Handle<Exception>(Is),
        Delay = TimeSpan.FromSeconds(0.25),
        MaxDelay = TimeSpan.FromSeconds(2),
        BackoffType = DelayBackoffType.Exponential,
        UseJitter = true,
        MaxRetryAttempts = 13,
    }).Build();

    /// <summary>The error says that a silo or an activation cannot be reached, not that what was asked for went wrong.</summary>
    public static bool Is(Exception error) =>
        error is OrleansException or TimeoutException or SocketException or IOException or ConnectionAbortedException
        || error.GetType().Name is "ConnectionFailedException" or "OrleansMessageRejectionException";

    /// <summary>Repeats a call, which must be harmless to repeat, until its grain can be reached.</summary>
    public static async Task<T> Outlast<T>(Func<Task<T>> call, CancellationToken cancellationToken = default) =>
        await Pipeline.ExecuteAsync(async token => await call().WaitAsync(token), cancellationToken);
}
