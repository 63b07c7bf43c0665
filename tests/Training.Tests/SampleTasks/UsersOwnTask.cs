using OrleansTrain.Data;
using static TorchSharp.torch;

namespace OrleansTrain.Training.Tests.SampleTasks;

/// <summary>A task outside of our own assembly.</summary>
public sealed class UsersOwnTask : TrainingTask
{
    public override string Name => "users-own";

    public override string Description => "for tests";

    public override DataPipeline CreatePipeline(TaskContext context) => DataPipeline.Create();

    public override nn.Module CreateModel(TaskContext context) => nn.Linear(2, 2);

    public override Tensor Loss(nn.Module model, Batch batch, TaskContext context) => batch.Inputs.sum();

    public override void Evaluate(nn.Module model, Batch batch, MetricSums sums, TaskContext context) => sums.Add("loss", 0, 1);
}
