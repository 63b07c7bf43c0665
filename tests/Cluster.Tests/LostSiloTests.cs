using OrleansTrain.Harness.Processes;

namespace OrleansTrain.Cluster.Tests;

/// <summary>A silo dies, leaves or hangs in the middle of a run.</summary>
[Collection(ClusterTests.Name)]
public class LostSiloTests(ClusterFixture fixture)
{
    private const int Ranks = 3;
    private const int Epochs = 12;

    [Theory]
    [InlineData(1, 3)]
    [InlineData(2, 2)]
    [InlineData(3, 1)]
    public async Task The_weights_do_not_depend_on_the_number_of_silos(int silos, int slots)
    {
        var cluster = await fixture.With(silos, slots);
        var weights = await fixture.Undisturbed(Ranks, epochs: 2);

        await using var run = TestRun.Start(cluster, ClusterFixture.Train(Ranks, epochs: 2));

        Assert.Equal(weights, (await run.Finished()).WeightsSha256);
    }

    [Fact]
    public async Task A_run_survives_the_SIGKILL_of_a_silo()
    {
        var cluster = await fixture.With(silos: 3, slots: 2);
        var weights = await fixture.Undisturbed(Ranks, Epochs);
        await using var run = TestRun.Start(cluster, ClusterFixture.Train(Ranks, Epochs));
        await run.Epoch(3);

        cluster.Silos[1].Process.Send(Signal.Kill);
        cluster.Silos[2].Process.Send(Signal.Kill);
        await cluster.StartSilos(1, slots: 2);

        var outcome = await run.Finished();
        Assert.Equal(weights, outcome.WeightsSha256);
        Assert.True(outcome.Restarts >= 1, $"two of three silos were killed, but the run restarted {outcome.Restarts} times");
    }
}
