using OrleansTrain.Client.Errors;
using OrleansTrain.Grains.Abstractions.Specs;

namespace OrleansTrain.Client.Specs;

/// <summary>What one key alone cannot tell: settings that go together, or do not.</summary>
internal static class SpecConsistency
{
    /// <exception cref="UsageException">Two keys contradict each other.</exception>
    public static void Check(RunSpec spec, IReadOnlyDictionary<string, SpecEntry> entries)
    {
        CheckSettings("optimizer", spec.Optimizer, OptimizerKeys.All[spec.Optimizer].Settings, spec.OptimizerSettings.Keys, entries);
        CheckSettings("schedule", spec.Schedule, ScheduleKeys.All[spec.Schedule], spec.ScheduleSettings.Keys, entries);
        CheckNesterov(spec, entries);
        if (spec.ValidationShare > 0 && spec.ValidateEvery == 0)
        {
            throw new UsageException($"validation_share ({entries["validation_share"].Source}) holds records out that nothing would see: set validate_every, for example to 1");
        }

        if (spec.GradientWireDtype != "float32" && spec.Exchange is "inproc" or "shm" or "none")
        {
            throw new UsageException(
                $"gradient_wire_dtype ({entries["gradient_wire_dtype"].Source}) is for gradients on a wire, and exchange {spec.Exchange} has none: choose auto, tcp or orleans");
        }

        if (spec.ScheduleSettings.TryGetValue("min_lr", out var smallest) && smallest > spec.LearningRate)
        {
            throw new UsageException($"min_lr must be at most learning_rate, {spec.LearningRate}; found '{entries["min_lr"].Text}' ({entries["min_lr"].Source})");
        }
    }

    private static void CheckSettings(
        string kind, string name, IReadOnlyList<string> allowed, IEnumerable<string> given, IReadOnlyDictionary<string, SpecEntry> entries)
    {
        if (given.FirstOrDefault(key => !allowed.Contains(key)) is { } stray)
        {
            throw new UsageException($"{stray} ({entries[stray].Source}) is no setting of {kind} {name}; its settings are: {string.Join(", ", allowed)}");
        }
    }

    // torch.optim.SGD refuses the same, but only once the model is there.
    private static void CheckNesterov(RunSpec spec, IReadOnlyDictionary<string, SpecEntry> entries)
    {
        var settings = spec.OptimizerSettings;
        if (settings.GetValueOrDefault("nesterov") != 0 && (settings.GetValueOrDefault("momentum") == 0 || settings.GetValueOrDefault("dampening") != 0))
        {
            throw new UsageException($"nesterov ({entries["nesterov"].Source}) needs a momentum above 0 and a dampening of 0");
        }
    }
}
