using OrleansTrain.Tasks;

namespace OrleansTrain.Client.Catalog;

/// <summary>The tasks of the registry: ours, and those of the user's own assemblies. Loaded on first use.</summary>
internal sealed class RegisteredTasks : ITaskCatalog
{
    private readonly Lazy<TaskRegistry> _registry = new(() => new TaskRegistry());

    public IReadOnlyList<string> Names => [.. _registry.Value.Tasks.Keys];

    public TaskDescription? Find(string name) => _registry.Value.Tasks.TryGetValue(name, out var task)
        ? new TaskDescription(task.Name, task.Description, task.Defaults, task.Parameters)
        : null;
}
