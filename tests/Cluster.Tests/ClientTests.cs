using OrleansTrain.Harness;
using OrleansTrain.Harness.Cluster;
using OrleansTrain.Harness.Processes;

namespace OrleansTrain.Cluster.Tests;

/// <summary>Clients that come, go and are killed; runs that wait, are cancelled and resumed.</summary>
[Collection(ClusterTests.Name)]
public class ClientTests(ClusterFixture fixture)
{
    private const int Ranks = 3;
    private const int Epochs = ClusterFixture.Epochs;

    [Fact]
    public async Task A_run_goes_on_when_its_client_is_killed_and_another_client_watches_it()
    {
        var weights = await fixture.Undisturbed(Ranks, Epochs);
        var cluster = await fixture.With();
        await using var first = TestRun.Start(cluster, ClusterFixture.Train(Ranks, Epochs));
        await first.Epoch(2);
        first.Client.Send(Signal.Kill);

        await using var second = TestRun.Start(cluster, ["watch", await first.Id(), "--json"]);

        Assert.Equal(weights, (await second.Finished()).WeightsSha256);
    }

    [Fact]
    public async Task A_detached_run_is_cancelled_and_resumed_with_more_epochs()
    {
        var weights = await fixture.Undisturbed(Ranks, Epochs);
        var cluster = await fixture.With();
        var (code, output, error) = await cluster.Run(ClusterFixture.Train(Ranks, epochs: 6, "--detach"));
        Assert.True(code == 0, error);
        var runId = RunOutcome.Parse(output).RunId;
        await using (var watching = cluster.Client("watch", runId))
        {
            await watching.WaitForLine("epoch 2/", TimeSpan.FromSeconds(60));
        }

        await cluster.Run("cancel", runId);
        var cancelled = RunOutcome.Parse((await cluster.Run("status", runId, "--json")).Output);
        Assert.Equal("KILLED", cancelled.Status);
        Assert.InRange(cancelled.Epochs, 2, 5);

        await using var resumed = TestRun.Start(cluster, ["resume", runId, "--epochs", $"{Epochs}", "--json"]);
        var outcome = await resumed.Finished();
        Assert.Equal(runId, outcome.RunId);
        Assert.Equal(weights, outcome.WeightsSha256);
    }

    [Fact]
    public async Task A_run_that_does_not_fit_waits_and_says_for_what()
    {
        var cluster = await fixture.With();
        var runId = RunOutcome.Parse((await cluster.Run(ClusterFixture.Train(ranks: 7, epochs: 1, "--detach"))).Output).RunId;

        var status = "";
        await Deadline.Until(
            async () => (status = (await cluster.Run("status", runId)).Output).Contains("waiting for 7 rank slots: 3 silo(s) offer 6, 6 of them free", StringComparison.Ordinal),
            "status says what the run waits for",
            TimeSpan.FromSeconds(30));
        await cluster.StartSilos(1, slots: 2);

        await using var watching = TestRun.Start(cluster, ["watch", runId, "--json"]);
        await watching.Finished();
    }
}
