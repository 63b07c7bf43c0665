using OrleansTrain.Harness.Proxy;

namespace OrleansTrain.Cluster.Tests;

/// <summary>A server goes away, or worse, in the middle of a run, and comes back.</summary>
[Collection(ClusterTests.Name)]
public class OutageTests(ClusterFixture fixture)
{
    private const int Ranks = 3;
    private const int Epochs = 12;

    public static TheoryData<string> HttpFaults => ["stopped", "answers 500", "answers 429", "never answers", "cut in the middle", "answers are lost"];

    [Theory]
    [MemberData(nameof(HttpFaults))]
    public async Task Training_goes_on_without_MLflow_and_every_metric_is_there_once(string fault)
    {
        var cluster = await fixture.With(silos: 2, slots: 2);
        var weights = await fixture.Undisturbed(Ranks, Epochs);
        await using var run = TestRun.Start(cluster, ClusterFixture.Train(Ranks, Epochs));
        await run.Epoch(2);

        cluster.TrackingProxy.Fault = Fault(fault);
        await run.Epoch(8);
        cluster.TrackingProxy.Fault = ProxyFault.None;

        Assert.Equal(weights, (await run.Finished()).WeightsSha256);
    }

    [Theory]
    [MemberData(nameof(HttpFaults))]
    public async Task A_run_goes_on_when_S3_comes_back(string fault)
    {
        var cluster = await fixture.With(silos: 2, slots: 2);
        var weights = await fixture.Undisturbed(Ranks, Epochs);
        await using var run = TestRun.Start(cluster, ClusterFixture.Train(Ranks, Epochs));
        await run.Epoch(2);

        cluster.S3Proxy.Fault = Fault(fault);
        await run.Epoch(6);
        cluster.S3Proxy.Fault = ProxyFault.None;

        Assert.Equal(weights, (await run.Finished()).WeightsSha256);
    }

    [Fact]
    public async Task A_full_bucket_costs_a_checkpoint_and_not_the_run()
    {
        var cluster = await fixture.With(silos: 2, slots: 2);
        var weights = await fixture.Undisturbed(Ranks, Epochs);
        await using var run = TestRun.Start(cluster, ClusterFixture.Train(Ranks, Epochs));
        await run.Epoch(2);

        cluster.S3Proxy.Fault = new ProxyFault.Answer(
            507, "<?xml version=\"1.0\"?><Error><Code>XMinioStorageFull</Code><Message>Storage backend has reached its minimum free drive threshold.</Message></Error>");
        await run.Client.WaitForLine("the one before it is kept", TimeSpan.FromSeconds(60));
        cluster.S3Proxy.Fault = ProxyFault.None;

        Assert.Equal(weights, (await run.Finished()).WeightsSha256);
    }

    [Fact]
    public async Task A_run_survives_a_restart_of_Redis()
    {
        var cluster = await fixture.With(silos: 2, slots: 2);
        var weights = await fixture.Undisturbed(Ranks, Epochs);
        await using var run = TestRun.Start(cluster, ClusterFixture.Train(Ranks, Epochs));
        await run.Epoch(3);

        await cluster.Redis.Stop();
        await cluster.Redis.Start();

        Assert.Equal(weights, (await run.Finished()).WeightsSha256);
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
