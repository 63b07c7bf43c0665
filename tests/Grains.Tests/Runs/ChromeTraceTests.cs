using System.Text.Json;
using OrleansTrain.Grains.Abstractions.Specs;
using OrleansTrain.Grains.Abstractions.Trainers;
using OrleansTrain.Grains.Runs;
using OrleansTrain.Grains.Trainers;
using OrleansTrain.Training.Tracing;

namespace OrleansTrain.Grains.Tests.Runs;

/// <summary>What a timeline viewer is given.</summary>
public class ChromeTraceTests
{
    private static readonly RunSpec Spec = new() { Task = "t", Experiment = "e", Dataset = "d", CheckpointUri = "c", TraceWait = 20, TraceActive = 10 };

    [Fact]
    public void A_part_is_a_complete_event_of_its_silo_and_rank_in_microseconds_since_the_first()
    {
        var ranks = new[]
        {
            new RankTrace(0, "a", ["step", "forward"], [1, 0], [7, 7], [5_000_000_500, 5_000_000_000], [2_500, 9_000], 0),
            new RankTrace(1, "b", ["step", "forward"], [0], [7], [5_000_001_000], [1], 3),
        };

        using var json = JsonDocument.Parse(ChromeTrace.Write("run", ranks));

        var events = json.RootElement.GetProperty("traceEvents").EnumerateArray().ToList();
        var names = events.Where(item => item.GetProperty("ph").GetString() == "M").Select(item =>
            $"{item.GetProperty("name")} {item.GetProperty("pid")} {item.GetProperty("args").GetProperty("name")}");
        var parts = events.Where(item => item.GetProperty("ph").GetString() == "X").Select(item => (
            item.GetProperty("name").GetString(),
            item.GetProperty("pid").GetInt32(),
            item.GetProperty("tid").GetInt32(),
            item.GetProperty("ts").GetDouble(),
            item.GetProperty("dur").GetDouble(),
            item.GetProperty("args").GetProperty("step").GetInt64()));
        Assert.Equal(["process_name 0 silo a", "process_name 1 silo b", "thread_name 0 rank 0", "thread_name 1 rank 1"], names);
        Assert.Equal([("forward", 0, 0, 0.5, 2.5, 7L), ("step", 0, 0, 0.0, 9.0, 7L), ("step", 1, 1, 1.0, 0.001, 7L)], parts);
        Assert.Equal(3, json.RootElement.GetProperty("otherData").GetProperty("dropped_events").GetInt64());
    }

    [Theory]
    [InlineData(0, 1000, 20, 29)]
    [InlineData(500, 1000, 520, 529)]
    [InlineData(0, 25, 15, 24)]
    [InlineData(0, 4, 0, 3)]
    [InlineData(990, 1000, 990, 999)]
    public void The_steps_shown_come_after_the_wait_and_before_the_end(long first, long total, long firstShown, long lastShown)
    {
        var trace = RankTraces.Create(Spec, first, total)!;

        for (var step = first; step < total; step++)
        {
            trace.BeginStep(step);
            trace.Add(StepPart.Step, 0);
        }

        trace.Complete();
        var steps = RankTraces.Describe(trace, 0, "s")!.Steps;
        Assert.Equal((firstShown, lastShown, lastShown - firstShown + 1), (steps[0], steps[^1], steps.Length));
    }

    [Fact]
    public void What_finds_no_room_is_counted()
    {
        var trace = new StepTrace(firstStep: 0, steps: 1, capacity: 2);
        trace.BeginStep(0);
        for (var i = 0; i < 5; i++)
        {
            trace.Add(StepPart.SumUpdate, 0);
        }

        trace.BeginStep(1);
        trace.Add(StepPart.Step, 0);

        Assert.True(trace.IsComplete);
        Assert.Equal((2, 3L), (trace.Events.Length, trace.Dropped));
    }

    [Fact]
    public void Every_part_has_a_name()
    {
        var trace = new StepTrace(0, 1, 100);
        trace.BeginStep(0);
        var parts = Enum.GetValues<StepPart>();
        Array.ForEach(parts, part => trace.Add(part, 0));
        trace.Complete();

        var described = RankTraces.Describe(trace, 0, "s")!;

        Assert.Equal(parts.Length, described.Kinds.Select(kind => described.Parts[kind]).Distinct().Count());
    }

    [Fact]
    public void Nothing_is_recorded_unless_asked_for() => Assert.Null(RankTraces.Create(Spec with { TraceActive = 0 }, 0, 100));
}
