using System.Text.Json;
using OrleansTrain.Grains.Abstractions.Runs;
using OrleansTrain.Grains.Abstractions.Tracking;
using OrleansTrain.Tracking;

namespace OrleansTrain.Grains.Tests.Embedded;

public class WholeRunTests(MnistRun mnist) : IClassFixture<MnistRun>
{
    private const double PyTorchLoss = 0.56185;

    [Fact]
    public async Task A_run_trains_tests_and_is_tracked()
    {
        await using var host = await mnist.StartHost();

        var status = await MnistRun.Train(host, MnistRun.SmallSpec);

        Assert.True(status.Phase == RunPhase.Finished, status.Message + status.Error);
        Assert.Equal(469, status.Step);
        Assert.True(status.Evaluation["test_accuracy"] > 0.85, $"test_accuracy {status.Evaluation["test_accuracy"]}");
        Assert.Equal(64, status.WeightsSha256!.Length);
        Assert.Equal(0, (await host.Grains.GetGrain<IRunGrain>(status.RunId).Flush(TimeSpan.FromSeconds(30))).Pending);

        using var mlflow = new MlflowClient(new MlflowClientOptions { TrackingUri = new Uri(host.TrackingUri) });
        var run = await mlflow.GetRunAsync(status.RunId);
        Assert.Equal(MlflowRunStatus.Finished, run.Info.Status);
        Assert.Equal("64", run.Param("batch_size_per_rank"));
        Assert.Equal("tester", run.Tag("mlflow.user"));
        Assert.Equal(status.WeightsSha256, run.Tag("orleanstrain.weights_sha256"));
        Assert.Equal(status.Epochs[0].Metrics["training_loss"], run.Metric("training_loss")!.Value);
        Assert.Equal(status.Evaluation["test_loss"], run.Metric("test_loss")!.Value);
        Assert.Equal(["plots/training_loss.png"], (await mlflow.ListArtifactsAsync(run.Info, "plots")).Select(artifact => artifact.Path));
        Assert.Contains("checkpoint/manifest.json", (await mlflow.ListArtifactsAsync(run.Info, "checkpoint")).Select(artifact => artifact.Path));
    }

    /// <summary>
    /// <c>python3 benchmarks/peer/ddp.py mnist-mlp</c> with PyTorch 1.13 printed the number: the same initial weights, the same samples in the same
    /// steps, the same mathematics. Rounding alone differs; another seed changes the number by 0.001 or so.
    /// </summary>
    [Fact]
    public async Task The_first_epochs_loss_is_that_of_PyTorch_DDP()
    {
        await using var host = await mnist.StartHost();
        var status = await MnistRun.Train(host, MnistRun.SmallSpec);
        Assert.InRange(status.Epochs[0].Metrics["training_loss"], PyTorchLoss - 0.0001, PyTorchLoss + 0.0001);
    }

    [Theory]
    [InlineData("tcp", "off")]
    [InlineData("tcp", "on")]
    [InlineData("orleans", "auto")]
    [InlineData("auto", "auto")]
    public async Task The_weights_are_the_same_on_one_silo_and_on_two(string exchange, string overlap)
    {
        string? oneSilo;
        await using (var host = await mnist.StartHost(silos: 1, slotsPerSilo: 2))
        {
            oneSilo = (await MnistRun.Train(host, MnistRun.SmallSpec)).WeightsSha256;
        }

        await using var spread = await mnist.StartHost(silos: 2, slotsPerSilo: 1);
        var status = await MnistRun.Train(spread, MnistRun.SmallSpec with { Exchange = exchange, Overlap = overlap });

        Assert.True(status.Phase == RunPhase.Finished, status.Message + status.Error);
        Assert.NotNull(oneSilo);
        Assert.Equal(oneSilo, status.WeightsSha256);
    }

    [Fact]
    public async Task A_trace_shows_all_ranks_on_all_silos()
    {
        await using var host = await mnist.StartHost(silos: 2, slotsPerSilo: 1);

        var status = await MnistRun.Train(host, MnistRun.SmallSpec with { Exchange = "tcp", TraceWait = 5, TraceActive = 3 });

        Assert.True(status.Phase == RunPhase.Finished, status.Message + status.Error);
        using var json = JsonDocument.Parse((await host.Grains.GetGrain<ITrainingGrain>(status.RunId).GetTrace())!);
        var parts = json.RootElement.GetProperty("traceEvents").EnumerateArray()
            .Where(item => item.GetProperty("ph").GetString() == "X")
            .GroupBy(item => (item.GetProperty("pid").GetInt32(), item.GetProperty("tid").GetInt32(), item.GetProperty("args").GetProperty("step").GetInt64()))
            .ToDictionary(step => step.Key, step => step.Select(item => item.GetProperty("name").GetString()!).ToHashSet());
        Assert.Equal([(0, 0, 5), (0, 0, 6), (0, 0, 7), (1, 1, 5), (1, 1, 6), (1, 1, 7)], parts.Keys.Order());
        string[] expected = ["step", "data wait", "forward", "backward", "exchange", "send partial sums", "wait for partial sums", "sum and update", "send parameters", "wait for parameters"];
        Assert.All(parts.Values, names => Assert.Superset(expected.ToHashSet(), names));

        Assert.Equal(0, (await host.Grains.GetGrain<IRunGrain>(status.RunId).Flush(TimeSpan.FromSeconds(30))).Pending);
        using var mlflow = new MlflowClient(new MlflowClientOptions { TrackingUri = new Uri(host.TrackingUri) });
        var run = await mlflow.GetRunAsync(status.RunId);
        Assert.Contains("trace.json", (await mlflow.ListArtifactsAsync(run.Info, "")).Select(artifact => artifact.Path));
    }

    [Fact]
    public async Task A_cancelled_run_is_killed_and_can_be_resumed_to_the_same_weights()
    {
        // Long enough not to finish before the cancellation has come.
        var spec = MnistRun.SmallSpec with { Epochs = 12 };
        string runId;
        await using (var host = await mnist.StartHost())
        {
            runId = await MnistRun.Start(host, spec);
            await MnistRun.Follow(host, runId, status => status.Epoch == 1);
            await host.Grains.GetGrain<ITrainingGrain>(runId).Cancel("test");
            Assert.Equal(RunPhase.Killed, (await MnistRun.Follow(host, runId)).Phase);
            await host.Grains.GetGrain<IRunGrain>(runId).Flush(TimeSpan.FromSeconds(30));
        }

        await using var again = await mnist.StartHost();
        await again.Grains.GetGrain<ITrainingGrain>(runId).Resume(null);
        var resumed = await MnistRun.Follow(again, runId);
        var whole = await MnistRun.Train(again, spec);

        Assert.True(resumed.Phase == RunPhase.Finished, resumed.Message + resumed.Error);
        Assert.Equal(whole.WeightsSha256, resumed.WeightsSha256);
        Assert.Equal(Enumerable.Range(1, 12), resumed.Epochs.Select(epoch => epoch.Epoch));
        Assert.Equal(whole.Epochs.Select(epoch => epoch.Metrics["training_loss"]), resumed.Epochs.Select(epoch => epoch.Metrics["training_loss"]));
    }

    [Fact]
    public async Task A_learning_rate_that_ends_in_NaN_fails_the_run_with_step_and_rank()
    {
        await using var host = await mnist.StartHost();

        var status = await MnistRun.Train(host, MnistRun.SmallSpec with { LearningRate = 1e6 });

        Assert.Equal(RunPhase.Failed, status.Phase);
        Assert.Matches(@"loss became (NaN|-?∞|-?Infinity).* at step \d+ on rank \d", status.Message);
        Assert.Equal(0, status.Restarts);
    }

    [Fact]
    public async Task A_batch_larger_than_the_share_of_a_rank_is_refused()
    {
        await using var host = await mnist.StartHost();

        var status = await MnistRun.Train(host, MnistRun.SmallSpec with { BatchSizePerRank = 30_001 });

        Assert.Equal(RunPhase.Failed, status.Phase);
        Assert.Contains("30001 is larger than a rank's share of an epoch, 30000 of 60000", status.Message, StringComparison.Ordinal);
        Assert.Equal(0, status.Restarts);
    }

    [Fact]
    public async Task A_run_that_does_not_fit_waits_and_says_for_what()
    {
        await using var host = await mnist.StartHost(silos: 1, slotsPerSilo: 2);
        var runId = await MnistRun.Start(host, MnistRun.SmallSpec with { Ranks = 3 });

        var status = await MnistRun.Follow(host, runId, status => status.Message.Length > 0);

        Assert.Equal(RunPhase.Waiting, status.Phase);
        Assert.Contains("3 cpu rank slots", status.Message, StringComparison.Ordinal);
        Assert.Equal(RunPhase.Killed, (await host.Grains.GetGrain<ITrainingGrain>(runId).Cancel("test")).Phase);
    }
}
