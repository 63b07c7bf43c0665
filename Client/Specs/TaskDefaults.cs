using OrleansTrain.Client.Catalog;

namespace OrleansTrain.Client.Specs;

/// <summary>
/// The layer of keys that a task sets. A task chooses its learning rate and settings for its own optimizer and schedule:
/// when the user names another one, they fall away.
/// </summary>
internal static class TaskDefaults
{
    public static SpecLayer Of(TaskDescription task, IReadOnlyList<SpecLayer> users)
    {
        var source = $"default of task {task.Name}";
        var all = new SpecLayer();
        foreach (var (key, text) in task.Defaults)
        {
            all.Add(key, text, source);
        }

        var otherOptimizer = IsReplaced(all, SpecKeys.Optimizer, "sgd", users);
        var otherSchedule = IsReplaced(all, SpecKeys.Schedule, "constant", users);
        var kept = new SpecLayer();
        foreach (var entry in all.Entries)
        {
            var belongsToOptimizer = entry.Key == SpecKeys.LearningRate || SettingKeys.Optimizer.Any(key => key.Name == entry.Key);
            var belongsToSchedule = SettingKeys.Schedule.Any(key => key.Name == entry.Key);
            if (!(otherOptimizer && belongsToOptimizer) && !(otherSchedule && belongsToSchedule))
            {
                kept.Add(entry.Key, entry.Text, source);
            }
        }

        return kept;
    }

    private static bool IsReplaced(SpecLayer defaults, string key, string builtIn, IReadOnlyList<SpecLayer> users) =>
        users.Select(layer => layer.Find(key)).LastOrDefault(entry => entry is not null) is { } chosen
        && chosen.Text != (defaults.Find(key)?.Text ?? builtIn);
}
