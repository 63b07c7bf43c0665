using System.Net.Sockets;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Connections;
using Polly;
using Polly.Retry;

namespace OrleansTrain.Grains.Placement;

/// <summary>Calls to grains whose silo may be dying: until the cluster has noticed, they fail; then the grain is found on another.</summary>
internal static partial class SiloLoss
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

    /// <summary>
    /// The silo that the error says it could not get through to, as <see cref="SiloAddress.ToParsableString"/> writes it: often not the one of the grain
    /// that was called, but one that knew where it is. Null: the error does not say.
    /// </summary>
    public static string? Culprit(Exception error) =>
        Address().Match(error.Message) is { Success: true } found ? $"{found.Groups[1].Value}:{found.Groups[2].Value}@{found.Groups[3].Value}" : null;

    /// <summary>The grain was pinned to a silo that is no longer part of the cluster: it will not come back.</summary>
    public static bool IsCertain(Exception error) => error.Message.Contains(PinnedPlacementDirector.NotActive, StringComparison.Ordinal);

    // Orleans has no property for it. "Unable to connect to S10.0.0.7:11111:142857", "… for message: Request [S… a]->[S… b]", "… silo S…, which is not active".
    [GeneratedRegex(@"(?:connect to(?: endpoint)? |\]->\[|silo )S([^\s\]]+):(\d+):(\d+)\b")]
    private static partial Regex Address();

    /// <summary>Repeats a call, which must be harmless to repeat, until its grain can be reached.</summary>
    public static async Task<T> Outlast<T>(Func<Task<T>> call, CancellationToken cancellationToken = default) =>
        await Pipeline.ExecuteAsync(async token => await call().WaitAsync(token), cancellationToken);
}
