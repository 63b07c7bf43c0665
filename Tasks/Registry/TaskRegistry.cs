using System.Text.RegularExpressions;
using OrleansTrain.Training;

namespace OrleansTrain.Tasks;

/// <summary>The training tasks there are: ours, and those of the assemblies that <c>ORLEANSTRAIN_TASKS</c> names. Immutable.</summary>
public sealed partial class TaskRegistry
{
    /// <summary>Names assemblies with tasks of the user's own: paths of .dll files, separated as in PATH (':' on Linux and macOS, ';' on Windows).</summary>
    public const string Variable = "ORLEANSTRAIN_TASKS";

    private readonly SortedDictionary<string, TrainingTask> _tasks = new(StringComparer.Ordinal);

    /// <summary>Our tasks and those that the environment names.</summary>
    /// <exception cref="TaskLoadException">An assembly cannot be loaded, or what is in it cannot be used; one line.</exception>
    public TaskRegistry()
        : this(Environment.GetEnvironmentVariable(Variable))
    {
    }

    /// <summary>Our tasks and those of assemblies.</summary>
    /// <param name="paths">Paths as in <see cref="Variable"/>; null or empty: none.</param>
    /// <exception cref="TaskLoadException">An assembly cannot be loaded, or what is in it cannot be used; one line.</exception>
    internal TaskRegistry(string? paths)
        : this(Find(paths))
    {
    }

    private TaskRegistry(IEnumerable<(TrainingTask Task, string Source)> tasks)
    {
        var sources = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (task, source) in tasks)
        {
            if (!NamePattern().IsMatch(task.Name))
            {
                throw new TaskLoadException($"{source}: task '{task.Name}' ({task.GetType()}): expected a name of lower case letters, digits and '-'.");
            }

            if (!_tasks.TryAdd(task.Name, task))
            {
                throw new TaskLoadException($"{source}: task '{task.Name}' ({task.GetType()}) has the name of a task of {sources[task.Name]}: give it another.");
            }

            sources[task.Name] = source;
        }
    }

    /// <summary>The tasks by name, in order.</summary>
    public IReadOnlyDictionary<string, TrainingTask> Tasks => _tasks;

    /// <summary>The task of this name.</summary>
    /// <exception cref="UnknownTaskException">There is none; the message names all.</exception>
    public TrainingTask Get(string name) => _tasks.TryGetValue(name, out var task) ? task : throw new UnknownTaskException(name, _tasks.Keys);

    private static IEnumerable<(TrainingTask Task, string Source)> Find(string? paths) =>
        TaskAssembly.Create(typeof(TaskRegistry).Assembly, "OrleansTrain")
            .Concat((paths ?? "")
                .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .SelectMany(TaskAssembly.Load));

    [GeneratedRegex(@"^[a-z0-9][a-z0-9\-]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern();
}
