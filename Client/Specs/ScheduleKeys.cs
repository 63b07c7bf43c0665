namespace OrleansTrain.Client.Specs;

/// <summary>The learning rate schedules with the settings each of them has.</summary>
internal static class ScheduleKeys
{
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> All { get; } =
        new SortedDictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal)
        {
            ["constant"] = ["warmup_steps"],
            ["step"] = ["step_size", "gamma", "warmup_steps"],
            ["cosine"] = ["warmup_steps", "min_lr"],
            ["linear"] = ["warmup_steps", "min_lr"],
        };
}
