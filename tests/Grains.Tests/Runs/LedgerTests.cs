using OrleansTrain.Grains.Abstractions.Trainers;
using OrleansTrain.Grains.Runs;

namespace OrleansTrain.Grains.Tests.Runs;

public class LedgerTests
{
    [Fact]
    public void An_epoch_closes_when_every_rank_has_reported_it()
    {
        var ledger = new EpochLedger(worldSize: 2);
        ledger.Add(1, Epoch(1, lossSum: 30, samples: 10, seconds: 2));
        Assert.Null(ledger.TryClose(1));

        ledger.Add(0, Epoch(1, lossSum: 10, samples: 30, seconds: 4));
        var (summary, _) = ledger.TryClose(1)!.Value;

        Assert.Equal(1.0, summary.Metrics["training_loss"]);
        Assert.Equal(10.0, summary.Metrics["samples_per_second"]);
        Assert.Null(ledger.TryClose(1));
    }

    [Fact]
    public void A_repeated_report_counts_once()
    {
        var ledger = new EpochLedger(worldSize: 2);
        ledger.Add(0, Epoch(1, lossSum: 10, samples: 10, seconds: 1));
        ledger.Add(0, Epoch(1, lossSum: 10, samples: 10, seconds: 1));

        Assert.Null(ledger.TryClose(1));
    }

    [Fact]
    public void Validation_sums_are_weighted_over_the_ranks()
    {
        var ledger = new EpochLedger(worldSize: 2);
        ledger.Add(0, Epoch(1, 1, 1, 1) with { Validation = new Dictionary<string, MetricSum> { ["accuracy"] = new(3, 4) } });
        ledger.Add(1, Epoch(1, 1, 1, 1) with { Validation = new Dictionary<string, MetricSum> { ["accuracy"] = new(0, 2) } });

        Assert.Equal(0.5, ledger.TryClose(1)!.Value.Summary.Metrics["validation_accuracy"]);
    }

    [Fact]
    public void Points_within_an_epoch_wait_for_all_ranks()
    {
        var ledger = new StepLedger(worldSize: 2);
        ledger.Add(0, [new StepReport(10, 4, 2, 0.1, 0), new StepReport(20, 2, 2, 0.1, 0)]);
        ledger.Add(1, [new StepReport(10, 2, 4, 0.1, 0)]);

        var points = ledger.TakeComplete();

        Assert.Equal([("training_loss_step", 10L, 1.0), ("learning_rate_step", 10L, 0.1)], points.Select(point => (point.Key, point.Step, point.Value)));
        Assert.Empty(ledger.TakeComplete());
    }

    [Fact]
    public void A_checkpoint_is_complete_with_the_shares_of_all_silos()
    {
        var ledger = new CheckpointLedger(silos: 2);
        ledger.Add(2, [new CheckpointReport(5, "{}", null), new CheckpointReport(9, "{}", null)]);
        Assert.Null(ledger.TakeNext(_ => true));

        ledger.Add(0, [new CheckpointReport(5, null, "disk full")]);
        var (step, shares) = ledger.TakeNext(_ => true)!.Value;

        Assert.Equal(5, step);
        Assert.Equal(["disk full", null], shares.Select(share => share.Error));
        Assert.False(ledger.IsEmpty);
    }

    [Fact]
    public void A_checkpoint_waits_until_all_that_was_measured_before_it_is_stored()
    {
        var ledger = new CheckpointLedger(silos: 1);
        ledger.Add(0, [new CheckpointReport(5, "{}", null), new CheckpointReport(9, "{}", null)]);

        Assert.Equal(5, ledger.TakeNext(step => step <= 5)!.Value.Step);
        Assert.Null(ledger.TakeNext(step => step <= 5));
        Assert.False(ledger.IsEmpty);
        Assert.Equal(9, ledger.TakeNext(_ => true)!.Value.Step);
    }

    [Fact]
    public void A_checkpoint_that_was_taken_out_is_not_taken_again_when_its_silo_repeats_itself()
    {
        var ledger = new CheckpointLedger(silos: 1);
        ledger.Add(0, [new CheckpointReport(5, "{}", null)]);
        Assert.NotNull(ledger.TakeNext(_ => true));

        ledger.Add(0, [new CheckpointReport(5, "{}", null)]);

        Assert.True(ledger.IsEmpty);
    }

    private static EpochReport Epoch(int epoch, double lossSum, long samples, double seconds) =>
        new(epoch, 100 * epoch, lossSum, samples, 0.1, seconds, samples, 0, 0, 1_700_000_000_000);
}
