using OrleansTrain.Data;
using OrleansTrain.Tasks.Images;
using OrleansTrain.Tasks.Networks;
using OrleansTrain.Training;
using static TorchSharp.torch;

namespace OrleansTrain.Tasks.MnistCnn;

/// <summary>PyTorch's MNIST example: its network, its optimizer and schedule, its normalisation.</summary>
internal sealed class MnistCnnTask : TrainingTask
{
    public override string Name => "mnist-cnn";

    public override string Description => "MNIST with the convolutional network of PyTorch's example";

    public override IReadOnlyDictionary<string, string> Defaults { get; } = new Dictionary<string, string>
    {
        ["ranks"] = "2",
        ["epochs"] = "3",
        ["batch_size_per_rank"] = "64",
        ["optimizer"] = "adadelta",
        ["learning_rate"] = "1.0",
        ["schedule"] = "step",
        ["step_size"] = "1",
        ["gamma"] = "0.7",
        ["seed"] = "1",
        ["dataset"] = "s3://datasets/mnist",
    };

    public override DataPipeline CreatePipeline(TaskContext context) => GreyImages.Pipeline(mean: 0.1307, deviation: 0.3081, 1, 28, 28);

    public override nn.Module CreateModel(TaskContext context) => new ConvNet(context.Random);

    public override Tensor Loss(nn.Module model, Batch batch, TaskContext context) => Classifier.Loss(model, batch);

    public override void Evaluate(nn.Module model, Batch batch, MetricSums sums, TaskContext context) =>
        Classifier.Evaluate(model, batch, sums);
}
