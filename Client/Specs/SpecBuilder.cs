using OrleansTrain.Client.Catalog;
using OrleansTrain.Client.Errors;
using OrleansTrain.Grains.Abstractions.Specs;
using OrleansTrain.Hosting.Usage;

namespace OrleansTrain.Client.Specs;

/// <summary>
/// Resolves a spec: built-in defaults, below the task's defaults, below the layers given (a spec file, then flags).
/// Everything is checked here, before anything starts.
/// </summary>
internal sealed class SpecBuilder(ITaskCatalog tasks)
{
    /// <param name="layers">Lowest first.</param>
    /// <exception cref="UsageException">A key or value is refused; the message names it, where it stands, and what is allowed.</exception>
    public RunSpec Build(params IReadOnlyList<SpecLayer> layers)
    {
        var task = FindTask(layers);
        var entries = Merge([TaskDefaults.Of(task, layers), .. layers]);
        var spec = new RunSpec
        {
            Task = task.Name,
            Experiment = task.Name,
            Dataset = $"s3://datasets/{task.Name}",
            CheckpointUri = "s3://checkpoints",
            Parameters = task.Parameters,
        };
        foreach (var entry in entries.Values)
        {
            spec = TaskParameters.IsOne(entry) ? TaskParameters.Apply(spec, entry, task) : Apply(spec, entry);
        }

        if (!entries.ContainsKey(SpecKeys.LearningRate))
        {
            spec = spec with { LearningRate = OptimizerKeys.All[spec.Optimizer].LearningRate };
        }

        SpecConsistency.Check(spec, entries);
        return spec;
    }

    private TaskDescription FindTask(IReadOnlyList<SpecLayer> layers)
    {
        var entry = layers.Select(layer => layer.Find(SpecKeys.Task)).LastOrDefault(entry => entry is not null)
            ?? throw new UsageException($"no task is named. Tasks: {string.Join(", ", tasks.Names)}");
        return tasks.Find(entry.Text) ?? throw new UsageException(
            NearestName.Suggest($"there is no task '{entry.Text}' ({entry.Source})", entry.Text, "Tasks", tasks.Names));
    }

    private static SortedDictionary<string, SpecEntry> Merge(IEnumerable<SpecLayer> layers)
    {
        var merged = new SortedDictionary<string, SpecEntry>(StringComparer.Ordinal);
        foreach (var entry in layers.SelectMany(layer => layer.Entries).Where(entry => entry.Key != SpecKeys.Task))
        {
            merged[entry.Key] = entry;
        }

        return merged;
    }

    private static RunSpec Apply(RunSpec spec, SpecEntry entry)
    {
        var key = SpecKeys.Find(entry.Key) ?? throw new UsageException(
            NearestName.Suggest($"'{entry.Key}' is no key of a spec ({entry.Source})", entry.Key, "Keys", [.. SpecKeys.Names, "params.NAME"]));
        return key.Apply(spec, entry.Text)
            ?? throw new UsageException($"{entry.Key} must be {key.Allowed}; found '{entry.Text}' ({entry.Source})");
    }
}
