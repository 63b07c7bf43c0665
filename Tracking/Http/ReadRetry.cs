using Polly;
using Polly.Retry;

namespace OrleansTrain.Tracking.Http;

/// <summary>Repeats reads that failed for a passing reason. Writes are the caller's to repeat: only it knows whether that is safe.</summary>
internal static class ReadRetry
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(10);

    public static ResiliencePipeline Create(MlflowClientOptions options, TimeProvider timeProvider) =>
        options.ReadRetries == 0
            ? ResiliencePipeline.Empty
            : new ResiliencePipelineBuilder { TimeProvider = timeProvider }
                .AddRetry(new RetryStrategyOptions
                {
                    ShouldHandle = new PredicateBuilder().Handle<MlflowException>(static failure => failure.IsTransient),
                    MaxRetryAttempts = options.ReadRetries,
                    BackoffType = DelayBackoffType.Exponential,
                    UseJitter = true,
                    Delay = FirstDelay,
                    MaxDelay = LongestDelay,
                    DelayGenerator = static args => ValueTask.FromResult((args.Outcome.Exception as MlflowException)?.RetryAfter),
                })
                .Build();
}
