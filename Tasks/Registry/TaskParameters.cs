using OrleansTrain.Training;

namespace OrleansTrain.Tasks;

/// <summary>A task's own parameters: its defaults and what a spec sets (<c>params.NAME</c>).</summary>
public static class TaskParameters
{
    /// <summary>The task's defaults, overridden by what is given.</summary>
    /// <exception cref="ArgumentException">The task has no parameter of a given name; one line that names it and those there are.</exception>
    public static IReadOnlyDictionary<string, string> Merge(TrainingTask task, IReadOnlyDictionary<string, string> given)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(given);
        var merged = new SortedDictionary<string, string>(task.Parameters.ToDictionary(), StringComparer.Ordinal);
        foreach (var (name, value) in given)
        {
            if (!merged.ContainsKey(name))
            {
                var known = task.Parameters.Count == 0 ? "it has none" : $"it has {string.Join(", ", task.Parameters.Keys)}";
                throw new ArgumentException($"params.{name}: task '{task.Name}' has no such parameter; {known}.", nameof(given));
            }

            merged[name] = value;
        }

        return merged;
    }
}
