using OrleansTrain.Harness.Cluster;
using OrleansTrain.Harness.Processes;
using OrleansTrain.Tracking;

namespace OrleansTrain.Cluster.Tests;

/// <summary>A run that a client process attends.</summary>
public sealed class TestRun : IAsyncDisposable
{
    public const int LogEverySteps = 50;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(90);

    private readonly RealCluster _cluster;

    private TestRun(RealCluster cluster, ManagedProcess client) => (_cluster, Client) = (cluster, client);

    public ManagedProcess Client { get; }

    public static TestRun Start(RealCluster cluster, IEnumerable<string> arguments) => new(cluster, cluster.Client(arguments));

    /// <summary>The run has completed this epoch, as the client sees it.</summary>
    public Task Epoch(int epoch) => Client.WaitForLine($"epoch {epoch}/", Longest);

    /// <summary>MLflow's ID of the run.</summary>
    public async Task<string> Id() => (await Client.WaitForLine("of experiment", Longest)).Text.Split(' ')[1];

    /// <summary>The silos that host the ranks of its first attempt, as one of them has logged.</summary>
    public async Task<IReadOnlyList<SiloProcess>> Hosts()
    {
        var started = $"Run {await Id()}: attempt 1 starts on";
        var line = _cluster.Silos.SelectMany(silo => silo.Process.Lines).Single(line => line.Text.Contains(started, StringComparison.Ordinal));
        return [.. _cluster.Silos.Where(silo => line.Text.Contains($":{silo.Address.Split(':')[1]}", StringComparison.Ordinal))];
    }

    /// <summary>Waits for its end, which must be a good one with every metric there once.</summary>
    public async Task<RunOutcome> Finished()
    {
        var code = await Client.WaitForExit(Longest);
        if (Environment.GetEnvironmentVariable("ORLEANSTRAIN_TEST_LOG") is { } log)
        {
            await File.AppendAllLinesAsync(log, Client.Lines.Select(line => $"{line.At:mm:ss.fff} {line.Text}"));
        }

        Assert.True(code == 0, $"exit code {code}; the client printed:\n{Client.Output}\n\n{_cluster.SiloOutput}");
        var outcome = RunOutcome.Parse(Client.StandardOutput);
        Assert.Equal("FINISHED", outcome.Status);
        await TrackedOnce(_cluster, outcome);
        return outcome;
    }

    /// <summary>Waits for its end, which must be a good one after this number of attempts that failed.</summary>
    public async Task<RunOutcome> FinishedAfter(int restarts)
    {
        var outcome = await Finished();
        Assert.True(outcome.Restarts == restarts, $"{outcome.Restarts} restarts, not {restarts}; the client printed:\n{Client.Output}\n\n{_cluster.SiloOutput}");
        return outcome;
    }

    /// <summary>Every metric of a finished run stands in MLflow, and none twice.</summary>
    public static async Task TrackedOnce(RealCluster cluster, RunOutcome outcome)
    {
        var metrics = await MetricHistories.Read(cluster, outcome.RunId);
        Assert.Equal(MlflowRunStatus.Finished, metrics.Status);
        Assert.Empty(metrics.Doubled());
        Assert.Empty(metrics.Missing(outcome.Epochs, outcome.Steps, LogEverySteps));
    }

    public ValueTask DisposeAsync() => Client.DisposeAsync();
}
