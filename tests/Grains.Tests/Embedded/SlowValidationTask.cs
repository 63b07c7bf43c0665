using OrleansTrain.Data;
using OrleansTrain.Tasks;
using OrleansTrain.Training;
using static TorchSharp.torch;

namespace OrleansTrain.Grains.Tests.Embedded;

/// <summary>The small MNIST task, which takes its time over each batch that it is measured on.</summary>
public sealed class SlowValidationTask : TrainingTask
{
    private static readonly TimeSpan ABatch = TimeSpan.FromMilliseconds(150);

    private readonly Lazy<TrainingTask> _task = new(() => new TaskRegistry().Get("mnist-mlp"));

    public override string Name => "slow-validation";

    public override string Description => "for tests";

    public override DataPipeline CreatePipeline(TaskContext context) => _task.Value.CreatePipeline(context);

    public override nn.Module CreateModel(TaskContext context) => _task.Value.CreateModel(context);

    public override Tensor Loss(nn.Module model, Batch batch, TaskContext context) => _task.Value.Loss(model, batch, context);

    public override void Evaluate(nn.Module model, Batch batch, MetricSums sums, TaskContext context)
    {
        Thread.Sleep(ABatch);
        _task.Value.Evaluate(model, batch, sums, context);
    }
}
