using OrleansTrain.Data;
using OrleansTrain.Tasks;
using OrleansTrain.Training.Evaluations;
using OrleansTrain.Training.Replicas;
using static TorchSharp.torch;

namespace OrleansTrain.Training.Tests.SampleTasks;

/// <summary>Our own tasks: their networks are what they say, learn, and are measured right.</summary>
public sealed class SampleTaskTests
{
    private static readonly TaskRegistry Registry = new TaskRegistry(paths: null);

    [Theory]
    [InlineData("mnist", 3_962_890)]
    [InlineData("mnist-mlp", 109_386)]
    [InlineData("mnist-cnn", 1_199_882)]
    [InlineData("fashion-mnist", 1_199_882)]
    public void TheNetworkHasItsParameters(string name, long expected)
    {
        using var random = new RankRandom(1, 0);
        using var replica = ModelReplica.Create(Registry.Get(name), Replicas.TestTask.Context(random));

        Assert.Equal(expected, replica.Layout.ParameterCount);
    }

    [Theory]
    [InlineData("mnist")]
    [InlineData("mnist-mlp")]
    [InlineData("mnist-cnn")]
    [InlineData("fashion-mnist")]
    public void ATaskLearnsABatchByHeart(string name)
    {
        set_num_threads(1);
        var task = Registry.Get(name);
        using var random = new RankRandom(1, 0);
        using var replica = ModelReplica.Create(task, Replicas.TestTask.Context(random));
        using var flat = zeros(replica.Layout.Length);
        replica.CopyValuesTo(flat);
        replica.Bind(flat);
        var losses = new List<double>();
        for (var step = 0; step < (replica.Layout.Slots.Any(slot => slot.Name.StartsWith("conv", StringComparison.Ordinal)) ? 15 : 80); step++)
        {
            using var scope = NewDisposeScope();
            using var batch = Batch(name);
            losses.Add(replica.ForwardBackward(batch, out _));
            using var noGrad = no_grad();
            foreach (var parameter in replica.Model.parameters())
            {
                parameter.add_(parameter.grad!, alpha: -0.1);
            }
        }

        Assert.InRange(losses[0], 1.8, 3.2);
        Assert.InRange(losses[^1], 0, 0.5 * losses[0]);
        using var last = Batch(name);
        var sums = Evaluation.Run(task, replica.Model, replica.Context, new Queue<Batch?>([last, null]).Dequeue);
        Assert.Equal(16, sums.Values["accuracy"].Weight);
        Assert.InRange(sums.Means()["accuracy"], 0.8, 1);
        Assert.InRange(sums.Means()["loss"], 0, 0.5 * losses[0]);
        Assert.True(replica.Model.training);
    }

    [Fact]
    public void EveryTaskCanBeCreatedByItsName()
    {
        Assert.Equal(["fashion-mnist", "mnist", "mnist-cnn", "mnist-mlp", "penguins"], Registry.Tasks.Keys);
        Assert.All(Registry.Tasks, task =>
        {
            using var random = new RankRandom(1, 0);
            Assert.NotNull(task.Value.CreatePipeline(Replicas.TestTask.Context(random)));
            Assert.NotEmpty(task.Value.Description);
        });
    }

    private static Batch Batch(string name)
    {
        using var generator = new Generator(3, CPU);
        var images = randn(name.StartsWith("mnist", StringComparison.Ordinal) && name != "mnist-cnn" ? [16, 784] : [16, 1, 28, 28], generator: generator);
        return new Batch(images.DetachFromDisposeScope(), (arange(16, dtype: int64) % 10).DetachFromDisposeScope(), 16);
    }
}
