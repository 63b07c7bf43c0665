using OrleansTrain.Client.Catalog;
using OrleansTrain.Client.Errors;
using OrleansTrain.Grains.Abstractions.Specs;
using OrleansTrain.Hosting.Usage;

namespace OrleansTrain.Client.Specs;

/// <summary>The keys <c>params.NAME</c>: the task's own.</summary>
internal static class TaskParameters
{
    private const string Prefix = SpecGroups.Parameters + ".";

    public static bool IsOne(SpecEntry entry) => entry.Key.StartsWith(Prefix, StringComparison.Ordinal);

    /// <exception cref="UsageException">The task has no such parameter.</exception>
    public static RunSpec Apply(RunSpec spec, SpecEntry entry, TaskDescription task)
    {
        var name = entry.Key[Prefix.Length..];
        if (!task.Parameters.ContainsKey(name))
        {
            throw new UsageException(NearestName.Suggest(
                $"task {task.Name} has no parameter '{name}' ({entry.Source})", name, "Parameters", [.. task.Parameters.Keys]));
        }

        return spec with { Parameters = new SortedDictionary<string, string>(spec.Parameters.ToDictionary(), StringComparer.Ordinal) { [name] = entry.Text } };
    }
}
