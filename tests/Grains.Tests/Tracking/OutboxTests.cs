using Microsoft.Extensions.Time.Testing;
using OrleansTrain.Grains.Abstractions.Tracking;
using OrleansTrain.Grains.Tracking;

namespace OrleansTrain.Grains.Tests.Tracking;

public class OutboxTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly OutboxState _state = new();

    private Outbox Outbox => new(_state, _time);

    [Fact]
    public void A_key_and_step_is_accepted_once()
    {
        Assert.True(Outbox.AcceptMetrics([Point("loss", 1), Point("loss", 2)]));
        Assert.False(Outbox.AcceptMetrics([Point("loss", 1, value: 9), Point("loss", 2)]));

        Assert.Equal([1, 2], Steps(Outbox.NextBatch()));
    }

    [Fact]
    public void Steps_below_the_highest_accepted_stay_out_also_after_delivery()
    {
        Outbox.AcceptMetrics([Point("loss", 1), Point("loss", 2)]);
        Outbox.Delivered(Outbox.NextBatch().ToList());

        Assert.False(Outbox.AcceptMetrics([Point("loss", 2)]));
        Assert.True(Outbox.AcceptMetrics([Point("loss", 3), Point("accuracy", 2)]));
        Assert.Equal([3, 2], Steps(Outbox.NextBatch()));
    }

    [Fact]
    public void A_param_is_accepted_once()
    {
        Assert.True(Outbox.AcceptParams(new Dictionary<string, string> { ["lr"] = "0.1" }));
        Assert.False(Outbox.AcceptParams(new Dictionary<string, string> { ["lr"] = "0.2" }));

        var entry = Assert.IsType<ParamEntry>(Assert.Single(Outbox.NextBatch()));
        Assert.Equal("0.1", entry.Value);
    }

    [Fact]
    public void What_cannot_share_a_request_goes_alone_and_in_order()
    {
        Outbox.AcceptMetrics([Point("loss", 1)]);
        Outbox.Accept(new StatusEntry(_time.GetUtcNow(), "FINISHED", _time.GetUtcNow()));
        Outbox.AcceptMetrics([Point("loss", 2)]);

        Assert.IsType<MetricEntry>(Assert.Single(Outbox.NextBatch()));
        Outbox.Delivered(Outbox.NextBatch().ToList());
        Assert.IsType<StatusEntry>(Assert.Single(Outbox.NextBatch()));
        Outbox.Delivered(Outbox.NextBatch().ToList());
        Assert.Equal([2], Steps(Outbox.NextBatch()));
    }

    [Fact]
    public void Equal_entries_are_delivered_one_by_one()
    {
        Outbox.Accept(new TagEntry(_time.GetUtcNow(), "k", "v"));
        var first = Outbox.NextBatch().ToList();
        Outbox.Accept(new TagEntry(_time.GetUtcNow(), "k", "v"));

        Outbox.Delivered(first);

        Assert.Single(_state.Pending);
    }

    [Fact]
    public void A_full_outbox_drops_the_oldest_system_metrics_first_and_says_so()
    {
        var outbox = new Outbox(_state, _time, capacity: 3);
        outbox.AcceptMetrics([Point("loss", 1), Point("system/cpu", 1), Point("system/cpu", 2)]);
        outbox.AcceptMetrics([Point("loss", 2)]);

        Assert.Equal(["loss:1", "system/cpu:2", "loss:2"], _state.Pending.Cast<MetricEntry>().Select(entry => $"{entry.Point.Key}:{entry.Point.Step}"));
        var status = outbox.Describe(null);
        Assert.Equal(1, status.Lost);
        Assert.Contains("full", status.LastLoss, StringComparison.Ordinal);
    }

    [Fact]
    public void A_full_outbox_keeps_params_and_status()
    {
        var outbox = new Outbox(_state, _time, capacity: 2);
        outbox.AcceptParams(new Dictionary<string, string> { ["lr"] = "0.1" });
        outbox.Accept(new StatusEntry(_time.GetUtcNow(), "RUNNING", null));
        outbox.AcceptMetrics([Point("loss", 1)]);

        Assert.Collection(_state.Pending, entry => Assert.IsType<ParamEntry>(entry), entry => Assert.IsType<StatusEntry>(entry));
    }

    [Fact]
    public void The_status_names_the_oldest_entry()
    {
        var start = _time.GetUtcNow();
        Outbox.AcceptMetrics([Point("loss", 1)]);
        _time.Advance(TimeSpan.FromMinutes(5));
        Outbox.AcceptMetrics([Point("loss", 2)]);

        var status = Outbox.Describe("no route");

        Assert.Equal((2, start, "no route"), (status.Pending, status.OldestSince!.Value, status.LastError));
    }

    private static MetricPoint Point(string key, long step, double value = 0.5) => new(key, value, step, 1_700_000_000_000 + step);

    private static IEnumerable<long> Steps(IReadOnlyList<OutboxEntry> batch) => batch.Cast<MetricEntry>().Select(entry => entry.Point.Step);
}
