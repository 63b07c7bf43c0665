using OrleansTrain.Data;
using OrleansTrain.Tasks.Images;
using OrleansTrain.Tasks.Networks;
using OrleansTrain.Training;
using static TorchSharp.torch;

namespace OrleansTrain.Tasks.Mnist;

/// <summary>The reference workload: a perceptron with four hidden layers of 1024 on MNIST, 3.96 million parameters.</summary>
internal sealed class MnistTask : TrainingTask
{
    public override string Name => "mnist";

    public override string Description => "MNIST with the reference network 784-1024-1024-1024-1024-10";

    public override IReadOnlyDictionary<string, string> Defaults { get; } = new Dictionary<string, string>
    {
        ["ranks"] = "2",
        ["epochs"] = "3",
        ["batch_size_per_rank"] = "32",
        ["optimizer"] = "sgd",
        ["learning_rate"] = "0.025",
        ["momentum"] = "0.5",
        ["seed"] = "1",
        ["dataset"] = "s3://datasets/mnist",
    };

    public override DataPipeline CreatePipeline(TaskContext context) => GreyImages.Pipeline(mean: 0.5, deviation: 0.5, 784);

    public override nn.Module CreateModel(TaskContext context) => new Mlp(784, 1024, 1024, 1024, 1024, 10);

    public override Tensor Loss(nn.Module model, Batch batch, TaskContext context) => Classifier.Loss(model, batch);

    public override void Evaluate(nn.Module model, Batch batch, MetricSums sums, TaskContext context) =>
        Classifier.Evaluate(model, batch, sums);
}
