using OrleansTrain.Exchange.Synchronization;

namespace OrleansTrain.Exchange.Tests.Synchronization;

public sealed class TwoWayTrialTests
{
    private const int Round = TwoWayTrial.Pause + TwoWayTrial.Window + (2 * (TwoWayTrial.Window + TwoWayTrial.Settling));

    [Fact]
    public void TheFirstWayStaysWhereTheSecondIsNoFaster()
    {
        var trial = new TwoWayTrial();

        var ways = Run(trial, 10 * Round, (second, _) => second ? 99 : 100);

        Assert.Equal(10 * (TwoWayTrial.Window + TwoWayTrial.Settling), ways.Count(second => second));
        Assert.False(trial.Second);
    }

    [Fact]
    public void TheFasterOneIsUsedForAsLongAsItIsFaster()
    {
        var trial = new TwoWayTrial();

        Run(trial, Round, (second, _) => second ? 90 : 100);
        var whileFaster = Run(trial, Round, (second, _) => second ? 90 : 100);
        var after = Run(trial, Round, (second, _) => second ? 110 : 100);

        Assert.Equal(TwoWayTrial.Window + TwoWayTrial.Settling, whileFaster.Count(second => !second));
        Assert.True(after[0]);
        Assert.False(trial.Second);
    }

    [Fact]
    public void SingleStepsThatTakeLongDecideNothing()
    {
        var trial = new TwoWayTrial();

        Run(trial, 20 * Round, (second, step) => !second && step % 3 == 0 ? 5_000 : 100);

        Assert.False(trial.Second);
    }

    [Fact]
    public void WhatIsLeftOfTheOtherWayDoesNotCount()
    {
        var trial = new TwoWayTrial();
        var since = 0;
        var before = false;

        Run(trial, Round, (second, _) =>
        {
            since = second == before ? since + 1 : 0;
            before = second;
            return since < TwoWayTrial.Settling ? 1_000 : second ? 90 : 100;
        });

        Assert.True(trial.Second);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void AMachineThatChangesDuringTheTrialDecidesNothing(bool faster)
    {
        var trial = new TwoWayTrial();
        var change = TwoWayTrial.Pause + TwoWayTrial.Window;

        Run(trial, Round, (_, step) => step < change == faster ? 100 : 60);

        Assert.False(trial.Second);
    }

    private static List<bool> Run(TwoWayTrial trial, int steps, Func<bool, int, long> duration)
    {
        var ways = new List<bool>();
        for (var step = 0; step < steps; step++)
        {
            ways.Add(trial.Second);
            trial.StepEnded(duration(trial.Second, step));
        }

        return ways;
    }
}
