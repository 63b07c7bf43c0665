using OrleansTrain.Grains.Abstractions.Trainers;
using OrleansTrain.Grains.Runs;

namespace OrleansTrain.Grains.Tests.Runs;

/// <summary>When an attempt is given up, by what its ranks answered and when.</summary>
public class AttemptWatchTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch;

    [Fact]
    public void Steps_and_batches_of_validation_are_progress_and_their_absence_is_a_hang()
    {
        var watch = Watch();
        watch.Check([Running(step: 5, beat: 1), Running(step: 5, beat: 1)], At(0));
        watch.Check([Running(step: 5, beat: 2), Running(step: 5, beat: 1)], At(9));
        watch.Check([Running(step: 5, beat: 2), Running(step: 5, beat: 1)], At(18));
        watch.Check([Running(step: 6, beat: 3), Running(step: 6, beat: 2)], At(19));

        var hang = Assert.Throws<AttemptFailedException>(() => watch.Check([Running(step: 6, beat: 3), Running(step: 6, beat: 2)], At(30)));
        Assert.Equal("no rank has taken a step for 10 s (step_timeout)", hang.Message);
    }

    [Fact]
    public void Waiting_for_a_checkpoint_is_no_hang()
    {
        var watch = Watch();
        var waiting = (new RankProgress { Rank = 0, Phase = RankPhase.Running, WaitsForCheckpoint = true }, (Exception?)null);
        watch.Check([waiting, waiting], At(0));
        watch.Check([waiting, waiting], At(60));
    }

    [Fact]
    public void A_rank_out_of_reach_gets_three_seconds_and_the_silo_that_the_error_names_is_suspected()
    {
        var watch = Watch();
        var error = new OrleansException("Unable to connect to S10.0.0.9:11111:7");
        watch.Check([Running(1, 1), (null, error)], At(0));
        watch.Check([Running(2, 2), (null, error)], At(2));

        var lost = Assert.Throws<AttemptFailedException>(() => watch.Check([Running(3, 3), (null, error)], At(3)));
        Assert.Equal(["suspect of rank 1"], lost.Suspects);
        Assert.StartsWith("rank 1 cannot be reached, silo suspect of rank 1 does not answer: Unable to connect", lost.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_ranks_own_error_says_more_than_its_peers_loss()
    {
        var own = new RankFailure(4, "wrong", "X", "", IsTaskError: true);
        var peer = own with { Message = "lost", Type = RankFailure.PeerLost };

        var failed = Assert.Throws<AttemptFailedException>(() => Watch().Check([Failed(peer), Failed(own)], At(0)));

        Assert.Equal("wrong", failed.Message);

        var lateAnswer = Watch();
        lateAnswer.Check([Failed(peer), Running(4, 1)], At(0));
        Assert.Equal("wrong", Assert.Throws<AttemptFailedException>(() => lateAnswer.Check([Failed(peer), Failed(own)], At(1))).Message);
    }

    [Fact]
    public void A_loss_is_the_reason_when_nobody_has_a_better_one()
    {
        var peer = new RankFailure(4, "lost", RankFailure.PeerLost, "", IsTaskError: false);
        Assert.Equal("lost", Assert.Throws<AttemptFailedException>(() => Watch().Check([Failed(peer), (null, new OrleansException("gone"))], At(0))).Message);

        var stillRunning = Watch();
        stillRunning.Check([Failed(peer), Running(4, 1)], At(0));
        Assert.Equal("lost", Assert.Throws<AttemptFailedException>(() => stillRunning.Check([Failed(peer), Running(4, 1)], At(1))).Message);
    }

    private static AttemptWatch Watch() => new(2, (rank, _) => $"suspect of rank {rank}", TimeSpan.FromSeconds(10), Start);

    private static DateTimeOffset At(double seconds) => Start.AddSeconds(seconds);

    private static (RankProgress? Progress, Exception? Error) Running(long step, long beat) =>
        (new RankProgress { Rank = 0, Phase = RankPhase.Running, Step = step, Beat = beat }, null);

    private static (RankProgress? Progress, Exception? Error) Failed(RankFailure failure) =>
        (new RankProgress { Rank = 0, Phase = RankPhase.Failed, Failure = failure }, null);
}
