using System.Reflection;
using System.Runtime.Loader;
using OrleansTrain.Training;

namespace OrleansTrain.Tasks;

/// <summary>Finds the tasks of an assembly.</summary>
internal static class TaskAssembly
{
    /// <summary>Loads an assembly, which may bring libraries of its own in its folder, and creates its tasks.</summary>
    public static IReadOnlyList<(TrainingTask Task, string Source)> Load(string path)
    {
        var full = Path.GetFullPath(path);
        if (!File.Exists(full))
        {
            throw new TaskLoadException($"{TaskRegistry.Variable}: expected an assembly at {full}, found no such file.");
        }

        Assembly assembly;
        try
        {
            // The default context: what the assembly shares with us (TorchSharp, the task contract) is ours; the rest comes from its folder.
            var resolver = new AssemblyDependencyResolver(full);
            AssemblyLoadContext.Default.Resolving += (context, name) =>
                resolver.ResolveAssemblyToPath(name) is { } found ? context.LoadFromAssemblyPath(found) : null;
            assembly = AssemblyLoadContext.Default.LoadFromAssemblyPath(full);
        }
        catch (Exception exception) when (exception is BadImageFormatException or IOException or InvalidOperationException)
        {
            throw new TaskLoadException($"{full}: expected a .NET assembly: {FirstLine(exception.Message)}", exception);
        }

        var tasks = Create(assembly, full);
        return tasks.Count > 0
            ? tasks
            : throw new TaskLoadException($"{full}: expected a public class that derives from TrainingTask and has a public constructor without parameters, found none.");
    }

    /// <summary>Creates every task of an assembly.</summary>
    /// <param name="source">What to call the assembly in messages.</param>
    public static IReadOnlyList<(TrainingTask Task, string Source)> Create(Assembly assembly, string source)
    {
        try
        {
            return [.. assembly.GetTypes()
                .Where(type => type is { IsAbstract: false, IsGenericTypeDefinition: false } && type.IsSubclassOf(typeof(TrainingTask)))
                .Where(type => type.GetConstructor(Type.EmptyTypes) is not null)
                .Select(type => (Create(type, source), source))];
        }
        catch (ReflectionTypeLoadException exception)
        {
            var reason = exception.LoaderExceptions.FirstOrDefault(inner => inner is not null)?.Message ?? exception.Message;
            throw new TaskLoadException($"{source}: built against other versions than this program: {FirstLine(reason)}", exception);
        }
    }

    private static TrainingTask Create(Type type, string source)
    {
        try
        {
            return (TrainingTask)Activator.CreateInstance(type)!;
        }
        catch (TargetInvocationException exception)
        {
            throw new TaskLoadException($"{source}: task {type} cannot be created: {FirstLine(exception.InnerException!.Message)}", exception);
        }
        catch (TypeLoadException exception)
        {
            throw new TaskLoadException($"{source}: task {type} was built against another version of this program: {FirstLine(exception.Message)}", exception);
        }
    }

    private static string FirstLine(string text) => text.Split('\n', 2)[0].TrimEnd();
}
