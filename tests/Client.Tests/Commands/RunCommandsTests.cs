using System.Text.Json;
using OrleansTrain.Client.Tests.Fakes;
using OrleansTrain.Grains.Abstractions.Cluster;
using OrleansTrain.Grains.Abstractions.Runs;
using OrleansTrain.Tracking;

namespace OrleansTrain.Client.Tests.Commands;

public class RunCommandsTests
{
    private static readonly MlflowRun Recorded = new(
        new MlflowRunInfo(Statuses.RunId, "1", "brave-owl-7", "ada", MlflowRunStatus.Finished, 1_000_000, 1_065_000, "mlflow-artifacts:/1/r"),
        new MlflowRunData(
            [new MlflowMetric("training_loss", 0.25, 1_000_000, 200), new MlflowMetric("test_accuracy", 0.9375, 1_000_000, 200)],
            [new MlflowParam("ranks", "4"), new MlflowParam("experiment", "digits")]));

    [Fact]
    public async Task WatchingIsLeftByAnInterruptAndTheRunGoesOn()
    {
        var client = new ClientHarness { HasCluster = true, Run = new FakeRun().Then(Statuses.Training(2, 50)) };

        var running = client.RunAsync("watch", Statuses.RunId);
        await client.Run.Awaited.Task;
        client.Interrupt();

        Assert.Equal(130, await running);
        Assert.Null(client.Run.CancelReason);
        Assert.Null(client.Sessions!.Announced);
        Assert.EndsWith($"left; run {Statuses.RunId} goes on. 'orleanstrain watch {Statuses.RunId}' follows it again\n", client.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("watch")]
    [InlineData("cancel")]
    public async Task AnUnknownRunIsNamed(string command)
    {
        var client = new ClientHarness { HasCluster = true, Run = new FakeRun().Now(new RunStatus { Version = 0, RunId = "nope", Phase = RunPhase.Unknown }) };

        Assert.Equal(1, await client.RunAsync(command, "nope"));

        Assert.Equal("error: no run nope is known here; 'orleanstrain runs' lists those there are\n", client.Errors);
    }

    [Theory]
    [InlineData("show")]
    [InlineData("status")]
    [InlineData("resume")]
    public async Task ARunThatTrackingDoesNotKnowIsNamed(string command)
    {
        var client = new ClientHarness { Tracking = new FakeTracking(Recorded), IsRunning = false };

        Assert.Equal(1, await client.RunAsync(command, "nope"));

        Assert.Equal("error: no run nope is known here; 'orleanstrain runs' lists those there are\n", client.Errors);
    }

    [Theory]
    [InlineData("watch", "x")]
    [InlineData("cancel", "x")]
    [InlineData("cluster")]
    public async Task NothingToAttachToIsSaid(params string[] arguments)
    {
        var client = new ClientHarness { IsRunning = false };

        Assert.Equal(1, await client.RunAsync(arguments));

        Assert.StartsWith("error: no cluster is configured (ORLEANSTRAIN_REDIS), and no process trains ", client.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CancelSaysHowTheRunEnded()
    {
        var client = new ClientHarness { Run = new FakeRun().Now(Statuses.Training(2, 50)) };

        Assert.Equal(0, await client.RunAsync("cancel", Statuses.RunId));

        Assert.Equal($"run {Statuses.RunId}: KILLED\n", client.Output);
    }

    [Fact]
    public async Task CancelIsAskedAgainUntilTheRunHasEnded()
    {
        var run = new FakeRun
        {
            Silences = new Queue<Exception>([new SiloUnavailableException("its silo is gone")]),
            Stopping = new Queue<RunStatus>([Statuses.Training(3, 60)]),
        };
        var client = new ClientHarness { Run = run.Now(Statuses.Training(2, 50)) };

        Assert.Equal(0, await client.RunAsync("cancel", Statuses.RunId));

        Assert.Equal($"run {Statuses.RunId}: KILLED\n", client.Output);
        Assert.Empty(run.Stopping);
    }

    [Fact]
    public async Task AnEndedRunCannotBeCancelled()
    {
        var client = new ClientHarness { Run = new FakeRun().Now(Statuses.Ended(RunPhase.Finished)) };

        Assert.Equal(1, await client.RunAsync("cancel", Statuses.RunId));

        Assert.Equal($"error: run {Statuses.RunId} has ended already: FINISHED\n", client.Errors);
        Assert.Null(client.Run.CancelReason);
    }

    [Fact]
    public async Task ResumeContinuesWithAsManySlotsAsTheRunHasRanks()
    {
        var client = new ClientHarness { Tracking = new FakeTracking(Recorded), Run = new FakeRun().Then(Statuses.Ended(RunPhase.Finished)) };

        Assert.Equal(0, await client.RunAsync("resume", Statuses.RunId, "--epochs", "5"));

        Assert.Equal((5, true), client.Run.Resumed);
        Assert.Equal(4, client.Sessions!.Opened!.Slots);
    }

    [Fact]
    public async Task StatusOfARunOfThePastComesFromTracking()
    {
        var client = new ClientHarness { IsRunning = false, Tracking = new FakeTracking(Recorded) };

        Assert.Equal(0, await client.RunAsync("status", Statuses.RunId, "--json"));

        using var json = JsonDocument.Parse(client.Output);
        Assert.Equal("FINISHED", json.RootElement.GetProperty("status").GetString());
        Assert.Equal(0.9375, json.RootElement.GetProperty("test_accuracy").GetDouble());
        Assert.Equal(4, json.RootElement.GetProperty("world_size").GetInt32());
    }

    [Fact]
    public async Task StatusShowsRanksOutboxAndWarnings()
    {
        var status = Statuses.Training(2, 50) with
        {
            Ranks = [new RankStatus(0, "S127.0.0.1:1", "cpu", 50)],
            Outbox = new OutboxStatus(3, null, "refused"),
            Warnings = ["slow"],
        };
        var client = new ClientHarness { Run = new FakeRun().Now(status) };

        Assert.Equal(0, await client.RunAsync("status", Statuses.RunId));

        Assert.Contains("now: training: epoch 1/2  step 50/100", client.Output, StringComparison.Ordinal);
        Assert.Contains("tracking: 3 measurements wait to be delivered: refused", client.Output, StringComparison.Ordinal);
        Assert.Contains("warning: slow", client.Output, StringComparison.Ordinal);
        Assert.Contains("S127.0.0.1:1", client.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ClusterShowsWhatRunsWhereAndWhatWaits()
    {
        var client = new ClientHarness
        {
            HasCluster = true,
            Run = new FakeRun().Now(Statuses.Training(2, 50)),
            Cluster = new ClusterView(
                [new SiloView("S1", "silo-a", "Active", 4, "cpu", "0.1.0", [new SlotUse(0, "run1", 1), new SlotUse(1, "run1", 0)])],
                [new WaitingRun("run2", 8, "8 slots, 2 are free")]),
        };

        Assert.Equal(0, await client.RunAsync("cluster"));

        Assert.Contains("2 of 4 used", client.Output, StringComparison.Ordinal);
        Assert.Contains("run1 ranks 0, 1", client.Output, StringComparison.Ordinal);
        Assert.Contains("waiting: run run2 with 8 ranks: 8 slots, 2 are free", client.Output, StringComparison.Ordinal);
        Assert.Equal(0, await client.RunAsync("status"));
        Assert.Contains($"{Statuses.RunId}  training: epoch 1/2  step 50/100", client.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunsAreATableOrJson()
    {
        var client = new ClientHarness { Tracking = new FakeTracking(Recorded) };

        Assert.Equal(0, await client.RunAsync("runs"));
        Assert.Matches($"{Statuses.RunId} .*digits .*brave-owl-7 .*FINISHED .*1:05 .*0.25 .*0.9375", client.Output);

        var scripted = new ClientHarness { Tracking = new FakeTracking(Recorded) };
        Assert.Equal(0, await scripted.RunAsync("runs", "--json"));
        using var json = JsonDocument.Parse(scripted.Output);
        Assert.Equal("4", json.RootElement[0].GetProperty("params").GetProperty("ranks").GetString());
    }

    [Fact]
    public async Task ShowHasParamsMetricsAndAChart()
    {
        var client = new ClientHarness
        {
            Tracking = new FakeTracking(Recorded)
            {
                History = [new MlflowMetric("training_loss", 0.75, 1, 100), new MlflowMetric("training_loss", 0.25, 2, 200)],
            },
        };

        Assert.Equal(0, await client.RunAsync("show", Statuses.RunId));

        Assert.Matches(@"ranks +4", client.Output);
        Assert.Matches(@"test_accuracy +0\.9375", client.Output);
        Assert.Contains("0.75┤", client.Output, StringComparison.Ordinal);
        Assert.Contains("0.25┤", client.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TasksListsDefaultsAndParameters()
    {
        var client = new ClientHarness();

        Assert.Equal(0, await client.RunAsync("tasks"));

        Assert.Contains("dropout=0.25, hidden=128", client.Output, StringComparison.Ordinal);
    }
}
