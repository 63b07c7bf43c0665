using OrleansTrain.Data;
using OrleansTrain.Tasks.Images;
using OrleansTrain.Tasks.Networks;
using OrleansTrain.Training;
using static TorchSharp.torch;

namespace OrleansTrain.Tasks.MnistMlp;

/// <summary>A perceptron of 109,000 parameters on MNIST: a step is short, so that everything around it shows.</summary>
internal sealed class MnistMlpTask : TrainingTask
{
    public override string Name => "mnist-mlp";

    public override string Description => "MNIST with a small network, 784-128-64-10";

    public override IReadOnlyDictionary<string, string> Defaults { get; } = new Dictionary<string, string>
    {
        ["ranks"] = "2",
        ["epochs"] = "3",
        ["batch_size_per_rank"] = "64",
        ["optimizer"] = "sgd",
        ["learning_rate"] = "0.01",
        ["momentum"] = "0.9",
        ["seed"] = "1",
        ["dataset"] = "s3://datasets/mnist",
    };

    public override DataPipeline CreatePipeline(TaskContext context) => GreyImages.Pipeline(mean: 0.5, deviation: 0.5, 784);

    public override nn.Module CreateModel(TaskContext context) => new Mlp(784, 128, 64, 10);

    public override Tensor Loss(nn.Module model, Batch batch, TaskContext context) => Classifier.Loss(model, batch);

    public override void Evaluate(nn.Module model, Batch batch, MetricSums sums, TaskContext context) =>
        Classifier.Evaluate(model, batch, sums);
}
