using OrleansTrain.Client.Catalog;
using OrleansTrain.Client.Specs;

namespace OrleansTrain.Client.Tests.Catalog;

public class RegisteredTasksTests
{
    [Fact]
    public void TheDefaultsOfEveryTaskMakeASpec()
    {
        var tasks = new RegisteredTasks();

        Assert.Contains("mnist", tasks.Names);
        Assert.All(tasks.Names, name =>
        {
            var layer = new SpecLayer();
            layer.Add(SpecKeys.Task, name, "command line");

            var spec = new SpecBuilder(tasks).Build(layer);

            Assert.Equal(name, spec.Task);
            Assert.Equal(tasks.Find(name)!.Parameters, spec.Parameters);
        });
    }

    [Fact]
    public void TheReferenceWorkloadIsTheRecipes()
    {
        var layer = new SpecLayer();
        layer.Add(SpecKeys.Task, "mnist", "command line");

        var spec = new SpecBuilder(new RegisteredTasks()).Build(layer);

        Assert.Equal((2, 32, 3, 1L, "sgd", 0.025, 0.5), (
            spec.Ranks, spec.BatchSizePerRank, spec.Epochs, spec.Seed, spec.Optimizer, spec.LearningRate, spec.OptimizerSettings["momentum"]));
    }
}
