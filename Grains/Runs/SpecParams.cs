using System.Globalization;
using OrleansTrain.Grains.Abstractions.Specs;

namespace OrleansTrain.Grains.Runs;

/// <summary>A spec as MLflow params: the keys of a spec file, the values as they would stand there.</summary>
internal static class SpecParams
{
    public static IReadOnlyDictionary<string, string> From(RunSpec spec)
    {
        var values = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["task"] = spec.Task,
            ["experiment"] = spec.Experiment,
            ["ranks"] = Text(spec.Ranks),
            ["device"] = spec.Device,
            ["epochs"] = Text(spec.Epochs),
            ["batch_size_per_rank"] = Text(spec.BatchSizePerRank),
            ["optimizer"] = spec.Optimizer,
            ["learning_rate"] = Text(spec.LearningRate),
            ["schedule"] = spec.Schedule,
            ["seed"] = Text(spec.Seed),
            ["data_seed"] = Text(spec.DataSeed),
            ["dataset"] = spec.Dataset,
            ["shuffle"] = spec.Shuffle,
            ["drop_last"] = spec.DropLast ? "true" : "false",
            ["checkpoint_every_steps"] = Text(spec.CheckpointEverySteps),
            ["checkpoint_every_seconds"] = Text(spec.CheckpointEverySeconds),
            ["keep_checkpoints"] = Text(spec.KeepCheckpoints),
            ["checkpoint_metric"] = spec.CheckpointMetric,
            ["checkpoint_uri"] = spec.CheckpointUri,
            ["max_failures"] = Text(spec.MaxFailures),
            ["step_timeout"] = Text(spec.StepTimeoutSeconds),
            ["threads_per_rank"] = Text(spec.ThreadsPerRank),
            ["exchange"] = spec.Exchange,
            ["overlap"] = spec.Overlap,
            ["gradient_wire_dtype"] = spec.GradientWireDtype,
            ["validate_every"] = Text(spec.ValidateEvery),
            ["log_every_steps"] = Text(spec.LogEverySteps),
            ["on_error"] = spec.OnError,
            ["format"] = spec.Format,
            ["preprocess"] = spec.Preprocess,
            ["validation_share"] = Text(spec.ValidationShare),
            ["trace_wait"] = Text(spec.TraceWait),
            ["trace_active"] = Text(spec.TraceActive),
        };
        if (spec.RunName is { } name)
        {
            values["run_name"] = name;
        }

        foreach (var (key, value) in spec.OptimizerSettings)
        {
            values[key] = Text(value);
        }

        foreach (var (key, value) in spec.ScheduleSettings)
        {
            values["schedule." + key] = Text(value);
        }

        foreach (var (key, value) in spec.FormatOptions)
        {
            values["format." + key] = value;
        }

        foreach (var (key, value) in spec.Parameters)
        {
            values["params." + key] = value;
        }

        // MLflow stores an empty value but its UI shows it as missing.
        return values.Where(value => value.Value.Length > 0).ToDictionary();
    }

    private static string Text<T>(T value)
        where T : IFormattable => value.ToString(null, CultureInfo.InvariantCulture);
}
