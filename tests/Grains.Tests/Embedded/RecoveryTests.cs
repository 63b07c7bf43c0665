using System.Text;
using OrleansTrain.Grains.Abstractions.Runs;
using OrleansTrain.Grains.Abstractions.Specs;
using OrleansTrain.Grains.Abstractions.Tracking;
using OrleansTrain.Grains.Abstractions.Trainers;
using OrleansTrain.Grains.Placement;
using OrleansTrain.Tasks;
using OrleansTrain.Tracking;

namespace OrleansTrain.Grains.Tests.Embedded;

/// <summary>What a run survives, and what it does not.</summary>
public sealed class RecoveryTests : IClassFixture<MnistRun>, IDisposable
{
    private readonly MnistRun _mnist;
    private readonly string? _tasks = Environment.GetEnvironmentVariable(TaskRegistry.Variable);

    public RecoveryTests(MnistRun mnist)
    {
        _mnist = mnist;
        Environment.SetEnvironmentVariable(TaskRegistry.Variable, typeof(FailingTask).Assembly.Location);
    }

    public void Dispose() => Environment.SetEnvironmentVariable(TaskRegistry.Variable, _tasks);

    [Fact]
    public async Task An_error_of_the_task_that_repeats_at_the_same_step_ends_the_run_and_is_kept_as_an_artifact()
    {
        await using var host = await _mnist.StartHost();

        var status = await MnistRun.Train(host, Failing(times: 10));

        Assert.Equal(RunPhase.Failed, status.Phase);
        Assert.Contains("Task 'failing' failed at step 200 on rank 1: this batch does not please me (the same error again at the same step)", status.Message, StringComparison.Ordinal);
        Assert.Equal(1, status.Restarts);
        Assert.Equal(0, (await host.Grains.GetGrain<IRunGrain>(status.RunId).Flush(TimeSpan.FromSeconds(30))).Pending);
        using var mlflow = new MlflowClient(new MlflowClientOptions { TrackingUri = new Uri(host.TrackingUri) });
        var run = await mlflow.GetRunAsync(status.RunId);
        Assert.Equal(MlflowRunStatus.Failed, run.Info.Status);
        using var kept = new MemoryStream();
        await mlflow.DownloadArtifactAsync(run.Info, "error.txt", kept);
        var text = Encoding.UTF8.GetString(kept.ToArray());
        Assert.Contains("System.InvalidOperationException: this batch does not please me", text, StringComparison.Ordinal);
        Assert.Contains($"at {typeof(FailingTask).FullName}.Loss", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_of_the_task_that_passes_costs_an_attempt()
    {
        await using var host = await _mnist.StartHost();

        var status = await MnistRun.Train(host, Failing(times: 1));
        var undisturbed = await MnistRun.Train(host, MnistRun.SmallSpec);

        Assert.True(status.Phase == RunPhase.Finished, status.Message + status.Error);
        Assert.Equal(1, status.Restarts);
        Assert.Equal(undisturbed.WeightsSha256, status.WeightsSha256);
    }

    /// <summary>A validation may take longer than <c>step_timeout</c>: what the watch goes by (AttemptWatchTests) moves with each batch.</summary>
    [Fact]
    public async Task Each_batch_of_a_validation_shows_as_progress()
    {
        await using var host = await _mnist.StartHost();
        var runId = await MnistRun.Start(host, MnistRun.SmallSpec with { Task = "gated-validation", Ranks = 1, ValidateEvery = 1, ValidationShare = 0.2 });

        await GatedValidationTask.Arrived.WaitAsync();
        var silo = (await host.Grains.GetGrain<ITrainingGrain>(runId).GetStatus()).Ranks[0].Silo;
        var rank = host.Grains.GetGrain<ITrainerGrain>(PinnedKey.Create($"{runId}/0/1", SiloAddress.FromParsableString(silo)));
        var atFirst = await rank.GetProgress(Committed.Nothing);
        GatedValidationTask.Gate.Release();
        await GatedValidationTask.Arrived.WaitAsync();
        var atSecond = await rank.GetProgress(Committed.Nothing);
        GatedValidationTask.Gate.Release(1000);
        var status = await MnistRun.Follow(host, runId);

        Assert.Equal(atFirst.Step, atSecond.Step);
        Assert.True(atSecond.Beat > atFirst.Beat);
        Assert.True(status.Phase == RunPhase.Finished, status.Message + status.Error);
        Assert.True(status.Epochs[0].Metrics["validation_accuracy"] > 0.8);
    }

    [Theory]
    [InlineData("model.safetensors", "altered")]
    [InlineData("rank-00001.safetensors", "torn")]
    [InlineData("manifest.json", "altered")]
    public async Task A_damaged_checkpoint_is_passed_over_with_a_warning(string name, string damage)
    {
        await using var host = await _mnist.StartHost();
        var spec = MnistRun.SmallSpec with { Epochs = 2, CheckpointEverySteps = 200 };
        var first = await MnistRun.Train(host, spec);
        Damage(Path.Combine(_mnist.ObjectStores.LocalFolder, first.CheckpointUri!["s3://".Length..], name), damage);

        await host.Grains.GetGrain<ITrainingGrain>(first.RunId).Resume(3);
        var resumed = await MnistRun.Follow(host, first.RunId);
        var undisturbed = await MnistRun.Train(host, spec with { Epochs = 3 });

        Assert.True(resumed.Phase == RunPhase.Finished, resumed.Message + resumed.Error);
        Assert.Contains(resumed.Warnings, warning => warning.StartsWith("the checkpoint after step 938 is damaged and is skipped", StringComparison.Ordinal));
        Assert.Equal(undisturbed.WeightsSha256, resumed.WeightsSha256);
        Assert.Equal([1, 2, 3], resumed.Epochs.Select(epoch => epoch.Epoch));
    }

    private static RunSpec Failing(int times) =>
        MnistRun.SmallSpec with { Task = "failing", Parameters = new Dictionary<string, string> { ["failures"] = $"{times}" } };

    private static void Damage(string path, string how)
    {
        var bytes = File.ReadAllBytes(path);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(path, how == "torn" ? bytes[..(bytes.Length / 2)] : bytes);
    }
}
