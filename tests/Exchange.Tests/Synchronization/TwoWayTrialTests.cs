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

    /// <summary>Faster from the trial on, so that the trial looks good beside what was before it; slower after it, so that it does beside what followed.</summary>
    [Theory]
    [InlineData(TwoWayTrial.Pause + TwoWayTrial.Window, 100, 60)]
    [InlineData(TwoWayTrial.Pause + (2 * TwoWayTrial.Window) + TwoWayTrial.Settling, 60, 100)]
    public void AMachineThatChangesMeanwhileDecidesNothing(int change, long before, long after)
    {
        var trial = new TwoWayTrial();

        Run(trial, Round, (_, step) => step < change ? before : after);

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
