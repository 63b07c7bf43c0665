using OrleansTrain.Grains.Abstractions.Trainers;
using OrleansTrain.Grains.Runs.State;

namespace OrleansTrain.Grains.Runs;

/// <summary>What a failed attempt means for its run: whether it counts, and whether it is the last.</summary>
internal static class FailureRules
{
    // Until the cluster has settled after the loss of a silo, attempts fail because of it that have nothing to do with it.
    private static readonly TimeSpan OneLoss = TimeSpan.FromSeconds(30);

    /// <summary>Counts it in the state. What the task or the data did wrong before the first step was done is a mistake, not a mishap: it is not tried again.</summary>
    /// <returns>
    /// <c>IsSameLoss</c>: it belongs to a loss that has been counted. <c>Verdict</c>: why the run ends as FAILED; null: it goes on with another attempt.
    /// </returns>
    public static (bool IsSameLoss, string? Verdict) Count(TrainingState state, AttemptFailedException failure, DateTimeOffset now)
    {
        var isLoss = failure is { IsFinal: false, Failure: null or { Type: RankFailure.PeerLost } };
        if (isLoss && now - state.LostAt < OneLoss)
        {
            return (true, null);
        }

        state.LostAt ??= now;
        state.Failures++;
        var repeated = failure.Failure is { IsTaskError: true } error
            && state.LastTaskError is { } last && last.Step == error.Step && last.Type == error.Type;
        state.LastTaskError = failure.Failure is { IsTaskError: true } ? failure.Failure : null;
        var limit = state.Spec!.MaxFailures;
        if (repeated)
        {
            return (false, $"{failure.Message} (the same error again at the same step)");
        }

        if (failure.IsFinal || failure.Failure is { Type: RankFailure.NonFiniteLoss } or { IsTaskError: true, Step: 0 })
        {
            return (false, failure.Message);
        }

        if (limit >= 0 && state.Failures > limit)
        {
            return (false, limit == 0 ? failure.Message : $"{failure.Message} (failure {state.Failures}, max_failures is {limit})");
        }

        state.Restarts++;
        return (false, null);
    }
}
