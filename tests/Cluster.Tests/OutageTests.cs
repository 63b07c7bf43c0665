using OrleansTrain.Harness.Proxy;

namespace OrleansTrain.Cluster.Tests;

/// <summary>A server goes away, or worse, in the middle of a run, and comes back.</summary>
[Collection(ClusterTests.Name)]
public class OutageTests(ClusterFixture fixture)
{
    private const int Ranks = 3;
    private const int Epochs = ClusterFixture.Epochs;

    public static TheoryData<string> HttpFaults => ["stopped", "answers 500", "answers 429", "never answers", "cut in the middle", "answers are lost"];

    // Training needs neither while it trains, so both are away at once: each has to be without fault in the end.
    [Theory]
    [MemberData(nameof(HttpFaults))]
    public async Task Training_goes_on_without_MLflow_and_S3_and_nothing_is_lost(string fault)
    {
        var weights = await fixture.Undisturbed(Ranks, Epochs);
        var cluster = await fixture.With();
        await using var run = TestRun.Start(cluster, ClusterFixture.Train(Ranks, Epochs));
        await run.Epoch(2);

        (cluster.TrackingProxy.Fault, cluster.S3Proxy.Fault) = (Fault(fault), Fault(fault));
        await run.Epoch(6);
        (cluster.TrackingProxy.Fault, cluster.S3Proxy.Fault) = (ProxyFault.None, ProxyFault.None);

        await Finished(run, weights);
    }

    [Theory]
    [InlineData("stopped", "is tried again")]
    [InlineData("never answers", "waiting for the object store")]
    public async Task A_run_that_has_come_to_its_end_waits_for_an_S3_that_is_away_and_says_so(string fault, string said)
    {
        var weights = await fixture.Undisturbed(Ranks, Epochs);
        var cluster = await fixture.With();
        await using var run = TestRun.Start(cluster, ClusterFixture.Train(Ranks, Epochs));
        await run.Epoch(2);

        cluster.S3Proxy.Fault = Fault(fault);
        await run.Epoch(Epochs);
        // Each checkpoint that is on its way uses up its retries first: 13 s of waits on average, with jitter up to three times that.
        await run.Client.WaitForLine(said, TimeSpan.FromMinutes(3));
        cluster.S3Proxy.Fault = ProxyFault.None;

        await Finished(run, weights);
    }

    [Fact]
    public async Task A_full_bucket_costs_a_checkpoint_and_not_the_run()
    {
        var weights = await fixture.Undisturbed(Ranks, Epochs);
        var cluster = await fixture.With();
        await using var run = TestRun.Start(cluster, ClusterFixture.Train(Ranks, Epochs));
        await run.Epoch(2);

        cluster.S3Proxy.Fault = new ProxyFault.Answer(
            507, "<?xml version=\"1.0\"?><Error><Code>XMinioStorageFull</Code><Message>Storage backend has reached its minimum free drive threshold.</Message></Error>");
        await run.Client.WaitForLine("the one before it is kept", TimeSpan.FromMinutes(3));
        cluster.S3Proxy.Fault = ProxyFault.None;

        await Finished(run, weights);
    }

    [Fact]
    public async Task A_run_survives_a_restart_of_Redis()
    {
        var weights = await fixture.Undisturbed(Ranks, Epochs);
        var cluster = await fixture.With();
        await using var run = TestRun.Start(cluster, ClusterFixture.Train(Ranks, Epochs));
        await run.Epoch(3);

        await cluster.Redis.Stop();
        await cluster.Redis.Start();

        await Finished(run, weights);
    }

    // No silo was lost: the run must not have begun anew because a server was away.
    private static async Task Finished(TestRun run, string weights)
    {
        var outcome = await run.FinishedAfter(restarts: 0);
        Assert.Equal(weights, outcome.WeightsSha256);
    }

    private static ProxyFault Fault(string name) => name switch
    {
        "stopped" => new ProxyFault.Reset(),
        "answers 500" => new ProxyFault.Answer(500),
        "answers 429" => new ProxyFault.Answer(429),
        "never answers" => new ProxyFault.Stall(),
        "cut in the middle" => new ProxyFault.Truncate(100),
        "answers are lost" => new ProxyFault.LoseAnswers(),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "no such fault"),
    };
}
