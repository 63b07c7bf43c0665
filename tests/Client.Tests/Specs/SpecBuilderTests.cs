using OrleansTrain.Client.Specs;
using OrleansTrain.Client.Tests.Fakes;
using OrleansTrain.Grains.Abstractions.Specs;

namespace OrleansTrain.Client.Tests.Specs;

public class SpecBuilderTests
{
    [Fact]
    public void TaskDefaultsStandAboveBuiltInOnes()
    {
        var spec = Build(flags: ["task=mnist"]);

        Assert.Equal(3, spec.Epochs);
        Assert.Equal(2, spec.Ranks);
        Assert.Equal(32, spec.BatchSizePerRank);
        Assert.Equal(0.025, spec.LearningRate);
        Assert.Equal(new Dictionary<string, double> { ["momentum"] = 0.5 }, spec.OptimizerSettings);
        Assert.Equal("mnist", spec.Experiment);
        Assert.Equal("s3://datasets/mnist", spec.Dataset);
        Assert.Equal("s3://checkpoints", spec.CheckpointUri);
        Assert.Null(spec.RunName);
    }

    [Fact]
    public void FlagsStandAboveTheFileAndTheFileAboveTheTask()
    {
        var spec = Build(yaml: "task: mnist\nepochs: 5\nranks: 8\nseed: 7\n", flags: ["ranks=4"]);

        Assert.Equal((5, 4, 7L), (spec.Epochs, spec.Ranks, spec.Seed));
    }

    [Fact]
    public void EveryKeyReachesItsProperty()
    {
        var spec = Build(yaml: """
            task: mnist-cnn
            experiment: e
            run_name: r
            ranks: 3
            device: cpu
            epochs: 4
            batch_size_per_rank: 5
            optimizer:
              name: adamw
              learning_rate: 1e-4
              beta1: 0.8
              amsgrad: true
            schedule: { name: step, step_size: 10, gamma: 0.5 }
            warmup_steps: 6
            seed: 9
            data_seed: 15
            dataset: file:///data/x
            format: { name: images, label: "{label}_{*}.png", channels: 1 }
            shuffle: window
            drop_last: true
            checkpoint_every: 10m
            keep_checkpoints: 11
            checkpoint_metric: max:test_accuracy
            max_failures: -1
            step_timeout: 90s
            threads_per_rank: 12
            exchange: tcp
            validate_every: 13
            validation_share: 0.1
            log_every_steps: 14
            on_error: skip
            checkpoint_uri: s3://bucket/c
            params:
              dropout: 0.1
            """);

        Assert.Equal("adamw", spec.Optimizer);
        Assert.Equal(new Dictionary<string, double> { ["amsgrad"] = 1, ["beta1"] = 0.8 }, spec.OptimizerSettings);
        Assert.Equal(new Dictionary<string, double> { ["gamma"] = 0.5, ["step_size"] = 10, ["warmup_steps"] = 6 }, spec.ScheduleSettings);
        Assert.Equal(new Dictionary<string, string> { ["dropout"] = "0.1", ["hidden"] = "128" }, spec.Parameters);
        Assert.Equal(new Dictionary<string, string> { ["channels"] = "1", ["label"] = "{label}_{*}.png" }, spec.FormatOptions);
        var expected = new RunSpec
        {
            Task = "mnist-cnn",
            Experiment = "e",
            RunName = "r",
            Ranks = 3,
            Device = "cpu",
            Epochs = 4,
            BatchSizePerRank = 5,
            Optimizer = "adamw",
            LearningRate = 1e-4,
            OptimizerSettings = spec.OptimizerSettings,
            Schedule = "step",
            ScheduleSettings = spec.ScheduleSettings,
            Seed = 9,
            DataSeed = 15,
            Dataset = "file:///data/x",
            Shuffle = "window",
            DropLast = true,
            CheckpointEverySeconds = 600,
            KeepCheckpoints = 11,
            CheckpointMetric = "max:test_accuracy",
            MaxFailures = -1,
            StepTimeoutSeconds = 90,
            ThreadsPerRank = 12,
            Exchange = "tcp",
            ValidateEvery = 13,
            ValidationShare = 0.1,
            Format = "images",
            FormatOptions = spec.FormatOptions,
            LogEverySteps = 14,
            OnError = "skip",
            Parameters = spec.Parameters,
            CheckpointUri = "s3://bucket/c",
        };
        Assert.Equal(expected, spec);
    }

    [Theory]
    [InlineData("checkpoint_every=500", 500, 0)]
    [InlineData("checkpoint_every=30s", 0, 30)]
    [InlineData("checkpoint_every=1.5h", 0, 5400)]
    [InlineData("checkpoint_every=epoch", 0, 0)]
    public void CheckpointIntervalIsStepsOrTime(string flag, long steps, double seconds)
    {
        var spec = Build(yaml: "checkpoint_every: 7", flags: ["task=mnist", flag]);

        Assert.Equal((steps, seconds), (spec.CheckpointEverySteps, spec.CheckpointEverySeconds));
    }

    [Fact]
    public void AnotherOptimizerLeavesTheTasksSettingsBehind()
    {
        var spec = Build(flags: ["task=mnist", "optimizer=adam"]);

        Assert.Empty(spec.OptimizerSettings);
        Assert.Equal(0.001, spec.LearningRate);
    }

    [Fact]
    public void NamingTheTasksOwnOptimizerKeepsItsSettings()
    {
        var spec = Build(flags: ["task=mnist", "optimizer=sgd"]);

        Assert.Equal(0.5, spec.OptimizerSettings["momentum"]);
        Assert.Equal(0.025, spec.LearningRate);
    }

    [Fact]
    public void TheUsersLearningRateStaysWithAnotherOptimizer()
    {
        var spec = Build(yaml: "task: mnist\nlearning_rate: 0.5", flags: ["optimizer=adam"]);

        Assert.Equal(0.5, spec.LearningRate);
    }

    [Fact]
    public void TheSchedulesAndSettingsAreThoseOfTraining()
    {
        Assert.Equal(Training.Schedules.LearningRateSchedule.Names.Order(), ScheduleKeys.All.Keys.Order());
        Assert.Equal(
            Training.Schedules.LearningRateSchedule.SettingNames.Order(), SettingKeys.Schedule.Select(key => key.Name).Order());
    }

    [Fact]
    public void EveryFlagSetsAKeyThatExists() => Assert.All(SpecFlags.All, flag => Assert.NotNull(SpecKeys.Find(flag.Key)));

    [Fact]
    public void EverySettingOfAnOptimizerIsAKey() =>
        Assert.All(OptimizerKeys.All.Values.SelectMany(optimizer => optimizer.Settings), name => Assert.NotNull(SpecKeys.Find(name)));

    internal static RunSpec Build(string? yaml = null, params string[] flags)
    {
        var layer = new SpecLayer();
        foreach (var flag in flags)
        {
            var (key, text) = (flag[..flag.IndexOf('=')], flag[(flag.IndexOf('=') + 1)..]);
            layer.Add(key, text, $"--set {key}");
        }

        return new SpecBuilder(new FakeTasks()).Build(yaml is null ? [layer] : [YamlSpecFile.Parse("run.yaml", yaml), layer]);
    }
}
