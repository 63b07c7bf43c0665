using OrleansTrain.Harness.Cluster;
using OrleansTrain.Harness.Proxy;
using OrleansTrain.Harness.Servers;

namespace OrleansTrain.Cluster.Tests;

/// <summary>What is wrong with a server or a key is said in one line, at once, by the client that asked.</summary>
[Collection(ClusterTests.Name)]
public class BadInputTests(ClusterFixture fixture)
{
    [Fact]
    public async Task Wrong_Redis_password()
    {
        var cluster = await fixture.With();
        var folder = Directory.CreateTempSubdirectory("orleanstrain-redis-").FullName;
        await using (var redis = await RedisServer.Start(folder, password: "right"))
        {
            var line = await Refusal(cluster, ("ORLEANSTRAIN_REDIS", $"127.0.0.1:{redis.Port},password=wrong"));
            Assert.Contains("refuses the password", line, StringComparison.Ordinal);
            Assert.DoesNotContain("wrong", line, StringComparison.Ordinal);
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task No_Redis()
    {
        var cluster = await fixture.With();
        Assert.Contains("cannot be reached", await Refusal(cluster, ("ORLEANSTRAIN_REDIS", $"127.0.0.1:{Harness.FreePorts.Take()}")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_access_key()
    {
        // s3rver compares no signatures of version 4; what is said about a wrong secret is in S3FaultTests.
        var cluster = await fixture.With();
        var line = await Refusal(cluster, ("AWS_ACCESS_KEY_ID", "nobody"));
        Assert.Contains("AWS_ACCESS_KEY_ID", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Missing_bucket()
    {
        var cluster = await fixture.With();
        await using var client = cluster.Client("train", "mnist-mlp", "--dataset", "s3://no-such-bucket/mnist", "--json");
        Assert.Contains("no-such-bucket", await ErrorLine(client), StringComparison.Ordinal);
        Assert.Equal("FAILED", RunOutcome.Parse(client.StandardOutput).Status);
    }

    [Fact]
    public async Task MLflow_refuses()
    {
        var cluster = await fixture.With();
        cluster.TrackingProxy.Fault = new ProxyFault.Answer(403, "Invalid Host header - possible DNS rebinding attack detected");
        var line = await Refusal(cluster);
        Assert.Contains("403", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Clusters_on_one_Redis_do_not_see_each_other()
    {
        var cluster = await fixture.With();
        Assert.Contains("No silo of cluster 'other'", await Refusal(cluster, ("ORLEANSTRAIN_CLUSTER_ID", "other")), StringComparison.Ordinal);

        var other = new Dictionary<string, string?> { ["ORLEANSTRAIN_CLUSTER_ID"] = "other" };
        var silo = (await cluster.StartSilos(1, slots: 3, other))[0];
        var mine = await cluster.Run("cluster");
        await using var theirs = cluster.Client(new Dictionary<string, string?>(cluster.Environment) { ["ORLEANSTRAIN_CLUSTER_ID"] = "other" }, "cluster");
        Assert.Equal(0, await theirs.WaitForExit(TimeSpan.FromSeconds(60)));

        Assert.Contains(cluster.Silos[0].Address, mine.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(silo.Address, mine.Output, StringComparison.Ordinal);
        Assert.Contains(silo.Address, theirs.StandardOutput, StringComparison.Ordinal);
        Assert.DoesNotContain(cluster.Silos[0].Address, theirs.StandardOutput, StringComparison.Ordinal);
        await cluster.Remove(silo);
    }

    private static async Task<string> Refusal(RealCluster cluster, params (string Name, string Value)[] environment)
    {
        var variables = new Dictionary<string, string?>(cluster.Environment);
        foreach (var (name, value) in environment)
        {
            variables[name] = value;
        }

        await using var client = cluster.Client(variables, "train", "mnist-mlp", "--epochs", "1", "--json");
        var line = await ErrorLine(client);
        // Nothing was started, so there is nothing to report.
        Assert.Equal("", client.StandardOutput);
        return line;
    }

    private static async Task<string> ErrorLine(Harness.Processes.ManagedProcess client)
    {
        var code = await client.WaitForExit(TimeSpan.FromSeconds(60));
        Assert.True(code is 1 or 2, $"exit code {code}:\n{client.Output}");

        // Exactly one line but for what goes before: the dataset may be put meanwhile.
        return Assert.Single(client.StandardError.Split('\n'), line => line.StartsWith("orleanstrain:", StringComparison.Ordinal) || line.StartsWith("error", StringComparison.Ordinal));
    }
}
