using Microsoft.Extensions.Time.Testing;
using OrleansTrain.Grains.Signals;

namespace OrleansTrain.Grains.Tests.Signals;

/// <summary>What wakes a grain's loop.</summary>
public class LoopSignalTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(50);

    private readonly FakeTimeProvider _time = new();
    private readonly LoopSignal _signal = new();

    [Fact]
    public async Task What_happens_while_the_loop_is_busy_is_not_lost_and_counts_once()
    {
        _signal.Raise();
        _signal.Raise();

        await _signal.Wait(Patience, _time);
        var next = _signal.Wait(Patience, _time);

        Assert.False(next.IsCompleted);
        _signal.Raise();
        await next;
    }

    [Fact]
    public async Task Without_anything_happening_it_returns_when_patience_is_over()
    {
        var waiting = _signal.Wait(Patience, _time, Gathering);

        _time.Advance(Patience - TimeSpan.FromTicks(1));
        Assert.False(waiting.IsCompleted);
        _time.Advance(TimeSpan.FromTicks(1));
        await waiting;
    }

    [Fact]
    public async Task What_comes_within_the_time_of_gathering_is_dealt_with_together()
    {
        _signal.Raise();
        var waiting = _signal.Wait(Patience, _time, Gathering);
        _signal.Raise();
        Assert.False(waiting.IsCompleted);

        _time.Advance(Gathering);
        await waiting;
        Assert.False(_signal.Wait(Patience, _time, Gathering).IsCompleted);
    }

    [Fact]
    public async Task What_else_the_loop_waits_for_ends_the_wait_and_loses_nothing_that_happens()
    {
        var other = new TaskCompletionSource();
        var waiting = _signal.Wait(Patience, _time, Gathering, other.Task);
        Assert.False(waiting.IsCompleted);
        other.SetResult();
        Assert.False(await waiting);

        _signal.Raise();
        waiting = _signal.Wait(Patience, _time, default, other.Task);
        Assert.True(await waiting);
    }
}
