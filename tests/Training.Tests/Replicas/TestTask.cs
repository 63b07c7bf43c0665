using OrleansTrain.Data;
using static TorchSharp.torch;

namespace OrleansTrain.Training.Tests.Replicas;

/// <summary>A task whose model is whatever a test wants.</summary>
internal sealed class TestTask(Func<TaskContext, nn.Module<Tensor, Tensor>> create) : TrainingTask
{
    public override string Name => "test";

    public override string Description => "for tests";

    public override DataPipeline CreatePipeline(TaskContext context) => throw new InvalidOperationException("Not used in these tests.");

    public override nn.Module CreateModel(TaskContext context) => create(context);

    /// <summary>What becomes of the mean squared error.</summary>
    public Func<Tensor, Tensor> Reshape { get; init; } = loss => loss;

    public override Tensor Loss(nn.Module model, Batch batch, TaskContext context) =>
        Reshape(nn.functional.mse_loss(((nn.Module<Tensor, Tensor>)model).forward(batch.Inputs), batch.Targets));

    public override void Evaluate(nn.Module model, Batch batch, MetricSums sums, TaskContext context) =>
        sums.Add("loss", Loss(model, batch, context).item<float>(), batch.Count);

    public static TaskContext Context(RankRandom random, int rank = 0, long seed = 1) =>
        new(rank, 2, seed, CPU, new Dictionary<string, string>(), random);

    public static Batch Batch(int inputs, int outputs)
    {
        using var generator = new Generator(5, CPU);
        return new Batch(
            randn([4, inputs], generator: generator).DetachFromDisposeScope(),
            randn([4, outputs], generator: generator).DetachFromDisposeScope(),
            4);
    }
}
