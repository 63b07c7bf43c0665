using OrleansTrain.Data;
using OrleansTrain.Tasks;
using OrleansTrain.Training;
using static TorchSharp.torch;

namespace OrleansTrain.Grains.Tests.Embedded;

/// <summary>The small MNIST task, which is measured on a batch only when it is let: by one test, in the process of its ranks.</summary>
public sealed class GatedValidationTask : TrainingTask
{
    /// <summary>Released with each batch that has come.</summary>
    public static readonly SemaphoreSlim Arrived = new(0);

    /// <summary>Taken by each batch before it is measured.</summary>
    public static readonly SemaphoreSlim Gate = new(0);

    private readonly Lazy<TrainingTask> _task = new(() => new TaskRegistry().Get("mnist-mlp"));

    public override string Name => "gated-validation";

    public override string Description => "for tests";

    public override DataPipeline CreatePipeline(TaskContext context) => _task.Value.CreatePipeline(context);

    public override nn.Module CreateModel(TaskContext context) => _task.Value.CreateModel(context);

    public override Tensor Loss(nn.Module model, Batch batch, TaskContext context) => _task.Value.Loss(model, batch, context);

    public override void Evaluate(nn.Module model, Batch batch, MetricSums sums, TaskContext context)
    {
        Arrived.Release();
        Gate.Wait();
        _task.Value.Evaluate(model, batch, sums, context);
    }
}
