using OrleansTrain.Harness;
using OrleansTrain.Harness.Processes;
using OrleansTrain.Harness.Proxy;

namespace OrleansTrain.Cluster.Tests;

/// <summary>A silo dies, leaves or hangs in the middle of a run.</summary>
[Collection(ClusterTests.Name)]
public class LostSiloTests(ClusterFixture fixture)
{
    private const int Ranks = 3;
    private const int Epochs = ClusterFixture.Epochs;

    private static readonly TimeSpan LongestRecovery = TimeSpan.FromSeconds(15);

    [Theory]
    [InlineData(1, 3)]
    [InlineData(3, 1)]
    public async Task The_weights_do_not_depend_on_the_number_of_silos(int silos, int slots)
    {
        // Two silos of two slots are what all other tests train on.
        var weights = await fixture.Undisturbed(Ranks, Epochs);
        var cluster = await fixture.With(silos, slots);

        await using var run = TestRun.Start(cluster, ClusterFixture.Train(Ranks, Epochs));

        Assert.Equal(weights, (await run.Finished()).WeightsSha256);
    }

    [Fact]
    public async Task A_run_survives_the_SIGKILL_of_a_silo()
    {
        var weights = await fixture.Undisturbed(Ranks, Epochs);
        var cluster = await fixture.With();
        await using var run = TestRun.Start(cluster, ClusterFixture.Train(Ranks, Epochs));
        await run.Epoch(3);

        var killed = DateTimeOffset.UtcNow;
        (await run.Hosts())[0].Process.Send(Signal.Kill);
        var stepped = (await run.Client.WaitForLine("goes on", TimeSpan.FromSeconds(60))).At;

        var outcome = await run.FinishedAfter(restarts: 1);
        Assert.Equal(weights, outcome.WeightsSha256);
        Assert.True(stepped - killed < LongestRecovery, $"from SIGKILL to the next step: {(stepped - killed).TotalSeconds:F1} s");
    }

    [Fact]
    public async Task A_silo_that_is_asked_to_leave_hands_its_ranks_over()
    {
        var weights = await fixture.Undisturbed(Ranks, Epochs);
        var cluster = await fixture.With();
        await using var run = TestRun.Start(cluster, ClusterFixture.Train(Ranks, Epochs));
        await run.Epoch(3);

        var leaving = (await run.Hosts())[0];
        leaving.Process.Send(Signal.Terminate);

        var code = await leaving.Process.WaitForExit(TimeSpan.FromSeconds(40));
        Assert.True(code == 0, $"the silo left with exit code {code}; it printed:\n{leaving.Process.Output}");
        var outcome = await run.FinishedAfter(restarts: 0);
        Assert.Equal(weights, outcome.WeightsSha256);
    }

    [Fact]
    public async Task A_silo_that_leaves_slowly_is_not_cut_short()
    {
        // System.CommandLine by itself ends a process 2 seconds after SIGTERM; each of these lines is 0.3 s after the one before.
        const int LinesOfFourSeconds = 13;
        var cluster = await fixture.With(silos: 3, slots: 2);
        var weights = await fixture.Undisturbed(Ranks, Epochs);
        await using var run = TestRun.Start(cluster, ClusterFixture.Train(Ranks, Epochs));
        await run.Epoch(3);
        var leaving = (await run.Hosts())[0].Process;

        // What its ranks have learned cannot be written down yet.
        cluster.S3Proxy.Fault = new ProxyFault.Stall();
        leaving.Send(Signal.Terminate);
        await Deadline.Until(
            () => leaving.HasExited || leaving.Lines.Count(line => line.Text.Contains("Leaving:", StringComparison.Ordinal)) >= LinesOfFourSeconds,
            "the silo waits for its ranks to be handed over",
            TimeSpan.FromSeconds(30));
        cluster.S3Proxy.Fault = ProxyFault.None;

        var code = await leaving.WaitForExit(TimeSpan.FromSeconds(60));
        Assert.True(code == 0, $"the silo left with exit code {code}; it printed:\n{leaving.Output}");
        Assert.DoesNotContain("Leaving without", leaving.Output, StringComparison.Ordinal);
        var outcome = await run.FinishedAfter(restarts: 0);
        Assert.Equal(weights, outcome.WeightsSha256);
    }

    [Fact]
    public async Task A_run_survives_a_silo_that_hangs()
    {
        var weights = await fixture.Undisturbed(Ranks, Epochs);
        var cluster = await fixture.With();
        await using var run = TestRun.Start(cluster, ClusterFixture.Train(Ranks, Epochs, "--step-timeout", "5s"));
        await run.Epoch(3);

        var hung = (await run.Hosts())[0];
        hung.Process.Send(Signal.Stop);

        Assert.Equal(weights, (await run.Finished()).WeightsSha256);
        await cluster.Kill(hung);
    }

    [Fact]
    public async Task A_run_goes_on_when_the_whole_cluster_was_killed_and_started_again()
    {
        var weights = await fixture.Undisturbed(Ranks, Epochs);
        var cluster = await fixture.With();
        await using var run = TestRun.Start(cluster, ClusterFixture.Train(Ranks, Epochs));
        await run.Epoch(3);

        await cluster.Kill(cluster.Silos);
        await cluster.StartSilos(ClusterFixture.Silos, ClusterFixture.Slots);

        Assert.Equal(weights, (await run.Finished()).WeightsSha256);
    }
}
