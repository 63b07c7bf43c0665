using OrleansTrain.Data.Formats;

namespace OrleansTrain.Client.Specs;

/// <summary>Every key of a spec, except <c>task</c> and <c>params.NAME</c>, which depend on the tasks there are.</summary>
internal static class SpecKeys
{
    public const string Task = "task";
    public const string Optimizer = "optimizer";
    public const string LearningRate = "learning_rate";
    public const string Schedule = "schedule";

    public const string TraceActive = "trace_active";

    private const int MostTracedSteps = 1000;
    private const int MostRanks = 4096;
    private const int LongestName = 250;

    private static readonly SpecKey[] All =
    [
        SpecKey.Text("experiment", $"1 to {LongestName} printable characters", IsName, (spec, text) => spec with { Experiment = text }),
        SpecKey.Text("run_name", $"1 to {LongestName} printable characters", IsName, (spec, text) => spec with { RunName = text }),
        SpecKey.Whole("ranks", 1, MostRanks, (spec, value) => spec with { Ranks = (int)value }),
        SpecKey.OneOf("device", ["auto", "cpu", "cuda"], (spec, text) => spec with { Device = text }),
        SpecKey.Whole("epochs", 1, 1_000_000, (spec, value) => spec with { Epochs = (int)value }),
        SpecKey.Whole("batch_size_per_rank", 1, 1_000_000, (spec, value) => spec with { BatchSizePerRank = (int)value }),
        SpecKey.OneOf(Optimizer, [.. OptimizerKeys.All.Keys], (spec, text) => spec with { Optimizer = text }),
        SpecKey.Number(LearningRate, "a number above 0", value => value > 0, (spec, value) => spec with { LearningRate = value }),
        SpecKey.OneOf(Schedule, [.. ScheduleKeys.All.Keys], (spec, text) => spec with { Schedule = text }),
        SpecKey.Whole("seed", 0, long.MaxValue, (spec, value) => spec with { Seed = value }),
        SpecKey.Whole("data_seed", 0, long.MaxValue, (spec, value) => spec with { DataSeed = value }),
        SpecKey.Text("dataset", LocationUri.Allowed, LocationUri.IsAllowed, (spec, text) => spec with { Dataset = text }),
        SpecKey.OneOf(SpecGroups.Format, DataFormat.Names, (spec, text) => spec with { Format = text }),
        .. FormatKeys.All,
        SpecKey.OneOf("shuffle", ["global", "window", "none"], (spec, text) => spec with { Shuffle = text }),
        SpecKey.Flag("drop_last", (spec, value) => spec with { DropLast = value }),
        new("checkpoint_every", "'epoch', a number of steps like 500, or a time like 30s, 10m, 1h", CheckpointInterval.Apply),
        SpecKey.Whole("keep_checkpoints", 1, 1_000_000, (spec, value) => spec with { KeepCheckpoints = (int)value }),
        SpecKey.Text(
            "checkpoint_metric", "min:METRIC or max:METRIC, like max:test_accuracy", IsMetricRule, (spec, text) => spec with { CheckpointMetric = text }),
        SpecKey.Whole("max_failures", -1, 1_000_000, (spec, value) => spec with { MaxFailures = (int)value }),
        new("step_timeout", "a time like 60s or 5m, at most 30 days", (spec, text) =>
            SpecDuration.Seconds(text, unitRequired: false) is { } seconds ? spec with { StepTimeoutSeconds = seconds } : null),
        SpecKey.Whole("threads_per_rank", 1, 1024, (spec, value) => spec with { ThreadsPerRank = (int)value }),
        SpecKey.OneOf("exchange", ["auto", "inproc", "shm", "tcp", "orleans", "none"], (spec, text) => spec with { Exchange = text }),
        SpecKey.OneOf("overlap", ["auto", "on", "off"], (spec, text) => spec with { Overlap = text }),
        SpecKey.OneOf("gradient_wire_dtype", ["float32", "bfloat16"], (spec, text) => spec with { GradientWireDtype = text }),
        SpecKey.Whole("validate_every", 0, 1_000_000, (spec, value) => spec with { ValidateEvery = (int)value }),
        SpecKey.Number(
            "validation_share", "a number from 0 to below 1", value => value is >= 0 and < 1, (spec, value) => spec with { ValidationShare = value }),
        SpecKey.Whole("log_every_steps", 0, int.MaxValue, (spec, value) => spec with { LogEverySteps = (int)value }),
        SpecKey.OneOf("preprocess", ["colocated", "dedicated"], (spec, text) => spec with { Preprocess = text }),
        SpecKey.Whole("trace_wait", 0, int.MaxValue, (spec, value) => spec with { TraceWait = (int)value }),
        SpecKey.Whole(TraceActive, 0, MostTracedSteps, (spec, value) => spec with { TraceActive = (int)value }),
        SpecKey.OneOf("on_error", ["fail", "skip"], (spec, text) => spec with { OnError = text }),
        SpecKey.Text("checkpoint_uri", LocationUri.Allowed, LocationUri.IsAllowed, (spec, text) => spec with { CheckpointUri = text }),
        .. SettingKeys.Optimizer,
        .. SettingKeys.Schedule,
    ];

    private static readonly Dictionary<string, SpecKey> ByName = All.ToDictionary(key => key.Name, StringComparer.Ordinal);

    /// <summary>The names, in the order of the documentation.</summary>
    public static IReadOnlyList<string> Names { get; } = [Task, .. All.Select(key => key.Name)];

    /// <summary>The key of this name, or null.</summary>
    public static SpecKey? Find(string name) => ByName.GetValueOrDefault(name);

    private static bool IsName(string text) => !string.IsNullOrWhiteSpace(text) && text.Length <= LongestName && !text.Any(char.IsControl);

    private static bool IsMetricRule(string text) => text.Length > 4 && (text.StartsWith("min:", StringComparison.Ordinal)
        || text.StartsWith("max:", StringComparison.Ordinal)) && !text.Any(char.IsWhiteSpace);
}
