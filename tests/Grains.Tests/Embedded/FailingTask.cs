using System.Globalization;
using System.Runtime.CompilerServices;
using OrleansTrain.Data;
using OrleansTrain.Tasks;
using OrleansTrain.Training;
using static TorchSharp.torch;

namespace OrleansTrain.Grains.Tests.Embedded;

/// <summary>The small MNIST task, whose own code fails at one batch of rank 1, as often as its parameter says.</summary>
public sealed class FailingTask : TrainingTask
{
    private const int FailsAtStep = 200;

    private readonly Lazy<TrainingTask> _task = new(() => new TaskRegistry().Get("mnist-mlp"));
    private string? _badBatch;
    private int _step;
    private int _failures;

    public override string Name => "failing";

    public override string Description => "for tests";

    public override IReadOnlyDictionary<string, string> Parameters { get; } = new Dictionary<string, string> { ["failures"] = "1" };

    public override DataPipeline CreatePipeline(TaskContext context) => _task.Value.CreatePipeline(context);

    public override nn.Module CreateModel(TaskContext context) => _task.Value.CreateModel(context);

    // Rank 1's thread alone changes the fields; an attempt's comes after that of the one before. Never inlined: with what it has learnt from 200 steps the
    // test host's JIT may do that, and the stack trace then has no frame of it. Silos run without such profiles (build/BusyCores.targets).
    [MethodImpl(MethodImplOptions.NoInlining)]
    public override Tensor Loss(nn.Module model, Batch batch, TaskContext context)
    {
        if (context.Rank == 1)
        {
            _badBatch = _step++ == FailsAtStep ? batch.Origin : _badBatch;
            if (_badBatch == batch.Origin && _failures < int.Parse(context.Parameters["failures"], CultureInfo.InvariantCulture))
            {
                _failures++;
                throw new InvalidOperationException("this batch does not please me");
            }
        }

        return _task.Value.Loss(model, batch, context);
    }

    public override void Evaluate(nn.Module model, Batch batch, MetricSums sums, TaskContext context) => _task.Value.Evaluate(model, batch, sums, context);
}
