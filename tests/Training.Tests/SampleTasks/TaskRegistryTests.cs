using OrleansTrain.Tasks;

namespace OrleansTrain.Training.Tests.SampleTasks;

/// <summary>Finding tasks, ours and a user's.</summary>
public sealed class TaskRegistryTests
{
    [Fact]
    public void AnUnknownNameIsAnsweredWithAllThereAre()
    {
        var failure = Assert.Throws<UnknownTaskException>(() => new TaskRegistry(paths: null).Get("something-else"));
        Assert.StartsWith("task: there is no 'something-else'. Tasks: fashion-mnist, mnist,", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TasksOfOtherAssembliesAreFound()
    {
        // This assembly, as a user's would be named.
        var registry = new TaskRegistry(paths: typeof(TaskRegistryTests).Assembly.Location);
        Assert.IsType<UsersOwnTask>(registry.Get("users-own"));
        Assert.Contains("mnist", registry.Tasks.Keys);
    }

    [Fact]
    public void AMissingAssemblyIsNamed()
    {
        var failure = Assert.Throws<TaskLoadException>(() => new TaskRegistry(paths: "/no/such/folder/tasks.dll"));
        Assert.Equal("ORLEANSTRAIN_TASKS: expected an assembly at /no/such/folder/tasks.dll, found no such file.", failure.Message);
    }

    [Fact]
    public void AFileThatIsNoAssemblyIsNamed()
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, "not an assembly");
            var failure = Assert.Throws<TaskLoadException>(() => new TaskRegistry(paths: path));
            Assert.StartsWith($"{path}: expected a .NET assembly", failure.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', failure.Message);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void AnAssemblyWithoutTasksIsNamed()
    {
        var path = typeof(TorchSharp.torch).Assembly.Location;
        var failure = Assert.Throws<TaskLoadException>(() => new TaskRegistry(paths: path));
        Assert.Contains("expected a public class that derives from TrainingTask", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TwoTasksOfOneNameAreRefused()
    {
        var path = typeof(TaskRegistryTests).Assembly.Location;
        var failure = Assert.Throws<TaskLoadException>(() => new TaskRegistry(paths: $"{path}{Path.PathSeparator}{path}"));
        Assert.Contains("task 'users-own'", failure.Message, StringComparison.Ordinal);
    }
}
