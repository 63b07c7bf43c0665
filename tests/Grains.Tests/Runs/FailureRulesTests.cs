using OrleansTrain.Grains.Abstractions.Specs;
using OrleansTrain.Grains.Abstractions.Trainers;
using OrleansTrain.Grains.Runs;
using OrleansTrain.Grains.Runs.State;

namespace OrleansTrain.Grains.Tests.Runs;

/// <summary>Which failed attempts count against <c>max_failures</c>, and which end a run.</summary>
public class FailureRulesTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch;

    [Fact]
    public void What_fails_because_of_one_loss_counts_once_until_a_step_is_taken_or_half_a_minute_is_over()
    {
        var state = State(maxFailures: 1);
        Assert.Equal((false, null), FailureRules.Count(state, Loss(), Start));
        Assert.Equal((true, null), FailureRules.Count(state, Loss(), Start.AddSeconds(2)));
        Assert.Equal((true, null), FailureRules.Count(state, PeerLost(), Start.AddSeconds(29)));
        Assert.Equal((1, 1), (state.Failures, state.Restarts));

        var (isSame, verdict) = FailureRules.Count(state, Loss(), Start.AddSeconds(30));
        Assert.False(isSame);
        Assert.Equal("lost (failure 2, max_failures is 1)", verdict);

        var stepped = State(maxFailures: 1);
        FailureRules.Count(stepped, Loss(), Start);
        stepped.LostAt = null;
        Assert.NotNull(FailureRules.Count(stepped, Loss(), Start.AddSeconds(5)).Verdict);
        Assert.Equal(1, stepped.Restarts);
    }

    [Fact]
    public void An_error_of_the_task_counts_also_right_after_a_loss_and_ends_the_run_when_it_repeats()
    {
        var state = State(maxFailures: -1);
        FailureRules.Count(state, Loss(), Start);
        Assert.Equal((false, null), FailureRules.Count(state, TaskError(step: 7), Start.AddSeconds(1)));
        Assert.Equal(2, state.Failures);
        Assert.Equal((false, null), FailureRules.Count(state, TaskError(step: 8), Start.AddSeconds(2)));
        Assert.Equal("wrong (the same error again at the same step)", FailureRules.Count(state, TaskError(step: 8), Start.AddSeconds(3)).Verdict);
    }

    [Fact]
    public void What_cannot_be_mended_by_trying_again_ends_the_run_at_once()
    {
        Assert.Equal("no", FailureRules.Count(State(-1), new AttemptFailedException("no", null, []) { IsFinal = true }, Start).Verdict);
        var infinite = new RankFailure(3, "loss became NaN", RankFailure.NonFiniteLoss, "", IsTaskError: true);
        Assert.Equal("loss became NaN", FailureRules.Count(State(-1), new AttemptFailedException(infinite.Message, infinite, []), Start).Verdict);
        Assert.Equal("wrong", FailureRules.Count(State(-1), TaskError(step: 0), Start).Verdict);
        var none = State(maxFailures: 0);
        Assert.Equal("lost", FailureRules.Count(none, Loss(), Start).Verdict);
        Assert.Equal(0, none.Restarts);
    }

    private static TrainingState State(int maxFailures) => new() { Spec = new RunSpec { Task = "any", Experiment = "tests", MaxFailures = maxFailures, Dataset = "", CheckpointUri = "" } };

    private static AttemptFailedException Loss() => new("lost", null, ["a silo"]);

    private static AttemptFailedException PeerLost() => new("lost", new RankFailure(5, "gone", RankFailure.PeerLost, "", IsTaskError: false), []);

    private static AttemptFailedException TaskError(long step) => new("wrong", new RankFailure(step, "wrong", "X", "at X", IsTaskError: true), []);
}
