using Microsoft.Extensions.Time.Testing;
using OrleansTrain.Client.Output;
using OrleansTrain.Client.Runs;
using OrleansTrain.Client.Tests.Fakes;
using OrleansTrain.Grains.Abstractions.Runs;
using OrleansTrain.Hosting.Logging;

namespace OrleansTrain.Client.Tests.Runs;

public class PlainRunDisplayTests
{
    private const string Start = "run 0123456789abcdef0123456789abcdef of experiment digits: task mnist, 2 ranks, 2 epochs, batch 32 a rank, "
        + "sgd at 0.025, seed 1; tracked at http://127.0.0.1:5000/";

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    [Fact]
    public void AMessageThatSaysThePhaseIsNotPrefixedWithIt()
    {
        Assert.Equal("waiting for 2 rank slots", RunLines.Phase(Statuses.Waiting with { Message = "waiting for 2 rank slots" }));
        Assert.Equal("recovering (attempt 2): waiting for 2 rank slots", RunLines.Phase(
            Statuses.Waiting with { Phase = RunPhase.Recovering, Attempt = 2, Message = "waiting for 2 rank slots" }));
    }

    [Fact]
    public async Task EpochsAndPhasesAreOneLineEach()
    {
        var lines = await Show(
            (0, Statuses.Waiting),
            (1, Statuses.Training(2, 0)),
            (1, Statuses.Training(3, 50)),
            (1, Statuses.Training(4, 120, 0.75)),
            (1, Statuses.Ended(RunPhase.Finished)));

        Assert.Equal(
            [
                Start,
                "waiting: needs 2 slots, 1 is free",
                "training",
                "epoch 1/2 done  training_loss 0.75  learning_rate 0.025  650 samples/s",
                "epoch 2/2 done  training_loss 0.25  learning_rate 0.025  650 samples/s",
            ],
            lines);
    }

    [Fact]
    public async Task StepsAreShownEveryTenSeconds()
    {
        var lines = await Show(
            (0, Statuses.Training(2, 1)),
            (9, Statuses.Training(3, 40)),
            (2, Statuses.Training(4, 50)),
            (5, Statuses.Training(5, 60)));

        Assert.Equal([Start, "training", "epoch 1/2  step 50/100  loss 0.5  640 samples/s  0:15 left"], lines);
    }

    [Fact]
    public async Task RecoveryAndWarningsAreToldOnce()
    {
        var recovering = Statuses.Training(3, 120, 0.75) with
        {
            Phase = RunPhase.Recovering,
            Message = "silo 2 is gone; going back to step 100",
            Attempt = 2,
            Warnings = ["silo 2 is gone"],
        };

        var lines = await Show(
            (0, Statuses.Training(2, 120, 0.75)),
            (0, recovering),
            (0, recovering with { Version = 4, Step = 100 }),
            (0, Statuses.Training(5, 101, 0.75) with { Attempt = 2, Warnings = ["silo 2 is gone"] }));

        Assert.Equal(
            [
                Start,
                "epoch 1/2 done  training_loss 0.75  learning_rate 0.025  650 samples/s",
                "training",
                "warning: silo 2 is gone",
                "recovering (attempt 2): silo 2 is gone; going back to step 100",
                "training (attempt 2)",
            ],
            lines);
    }

    [Fact]
    public async Task LateTrackingIsToldWhenItStartsAndEnds()
    {
        var late = Statuses.Training(3, 50) with { Outbox = new OutboxStatus(12, _time.GetUtcNow(), "connection refused") };

        var lines = await Show((0, Statuses.Training(2, 1)), (9, late), (2, late with { Version = 4 }), (0, Statuses.Training(5, 60)));

        Assert.Equal(
            [
                Start,
                "training",
                "warning: tracking is behind, training goes on; 12 measurements wait: connection refused",
                "tracking has caught up",
            ],
            lines);
    }

    [Fact]
    public async Task WhatMlflowWillNeverSeeIsSaid()
    {
        var lost = Statuses.Training(3, 50) with { Outbox = new OutboxStatus(0, null, null, 2, "refused") };

        var lines = await Show((0, Statuses.Training(2, 1)), (0, lost), (0, lost with { Version = 4 }));

        Assert.Equal([Start, "training", "warning: 2 measurements will never be in MLflow: refused"], lines);
    }

    [Fact]
    public async Task QuietSaysNothing() => Assert.Empty(await Show(Verbosity.Quiet, (0, Statuses.Training(2, 1)), (0, Statuses.Ended(RunPhase.Finished))));

    private Task<string[]> Show(params (int Seconds, RunStatus Status)[] statuses) => Show(Verbosity.Normal, statuses);

    private async Task<string[]> Show(Verbosity verbosity, params (int Seconds, RunStatus Status)[] statuses)
    {
        var error = new StringWriter();
        var terminal = new Terminal(TextWriter.Null, error, false, false, new Redactor(_ => null)) { Verbosity = verbosity };

        var last = await new PlainRunDisplay(terminal, _time).ShowAsync(Changes());

        Assert.Equal(statuses[^1].Status, last);
        return error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);

        async IAsyncEnumerable<RunStatus> Changes()
        {
            foreach (var (seconds, status) in statuses)
            {
                _time.Advance(TimeSpan.FromSeconds(seconds));
                yield return status;
            }

            await Task.CompletedTask;
        }
    }
}
