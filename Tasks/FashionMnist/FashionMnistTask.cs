using OrleansTrain.Data;
using OrleansTrain.Tasks.Images;
using OrleansTrain.Tasks.Networks;
using OrleansTrain.Training;
using static TorchSharp.torch;

namespace OrleansTrain.Tasks.FashionMnist;

/// <summary>Zalando's Fashion-MNIST (28x28 grey images of ten kinds of clothing), which is not shipped with the project.</summary>
internal sealed class FashionMnistTask : TrainingTask
{
    public override string Name => "fashion-mnist";

    public override string Description => "Fashion-MNIST with a small convolutional network";

    public override IReadOnlyDictionary<string, string> Defaults { get; } = new Dictionary<string, string>
    {
        ["ranks"] = "2",
        ["epochs"] = "5",
        ["batch_size_per_rank"] = "64",
        ["optimizer"] = "adadelta",
        ["learning_rate"] = "1.0",
        ["schedule"] = "step",
        ["step_size"] = "1",
        ["gamma"] = "0.7",
        ["seed"] = "1",
        ["dataset"] = "s3://datasets/fashion-mnist",
    };

    public override string DatasetHint =>
        "Debian has the data: apt-get install dataset-fashion-mnist, then ./orleanstrain data put /usr/share/datasets/fashion-mnist s3://datasets/fashion-mnist";

    public override DataPipeline CreatePipeline(TaskContext context) => GreyImages.Pipeline(mean: 0.2860, deviation: 0.3530, 1, 28, 28);

    public override nn.Module CreateModel(TaskContext context) => new ConvNet(context.Random);

    public override Tensor Loss(nn.Module model, Batch batch, TaskContext context) => Classifier.Loss(model, batch);

    public override void Evaluate(nn.Module model, Batch batch, MetricSums sums, TaskContext context) =>
        Classifier.Evaluate(model, batch, sums);
}
