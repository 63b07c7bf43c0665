using OrleansTrain.Data;
using OrleansTrain.Training;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace OrleansTrain.Ranks.Tests.Doubles;

/// <summary>A small network on random data; <paramref name="regularise"/> adds what a test wants between its two layers.</summary>
internal sealed class TinyTask(Func<TaskContext, Module<Tensor, Tensor>>? regularise = null) : TrainingTask
{
    public const int Inputs = 20;
    public const int Classes = 5;

    public override string Name => "tiny";

    public override string Description => "for tests";

    public override DataPipeline CreatePipeline(TaskContext context) => throw new InvalidOperationException("Not used in these tests.");

    public override nn.Module CreateModel(TaskContext context)
    {
        var layers = new List<(string, Module<Tensor, Tensor>)> { ("first", Linear(Inputs, 33)), ("relu", ReLU()) };
        if (regularise is not null)
        {
            layers.Add(("regularise", regularise(context)));
        }

        layers.Add(("second", Linear(33, Classes)));
        return Sequential(layers);
    }

    public override Tensor Loss(nn.Module model, Batch batch, TaskContext context) =>
        functional.cross_entropy(((Module<Tensor, Tensor>)model).forward(batch.Inputs), batch.Targets);

    public override void Evaluate(nn.Module model, Batch batch, MetricSums sums, TaskContext context)
    {
        var output = ((Module<Tensor, Tensor>)model).forward(batch.Inputs);
        sums.Add("loss", functional.cross_entropy(output, batch.Targets).item<float>(), batch.Count);
    }
}
