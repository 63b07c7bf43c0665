using OrleansTrain.Data;
using static TorchSharp.torch;

namespace OrleansTrain.Training;

/// <summary>
/// All that a user writes: the model, how its data is read and prepared, the loss and the metrics.
/// Everything else (ranks, exchange, checkpoints, tracking, recovery) is the same for every task.
/// </summary>
/// <remarks>
/// One instance serves all ranks of a silo at once, so a task keeps no mutable state of its own.
/// <see cref="CreateModel"/>, <see cref="Loss"/> and <see cref="Evaluate"/> are called on the rank's own thread, inside a dispose scope
/// that the caller owns. Noise comes from <see cref="TaskContext.Random"/>, for example through <see cref="Modules.SeededDropout"/>; what draws from
/// libtorch's process-wide generator (<c>nn.Dropout</c>) is reproducible too, but makes the ranks of a silo compute one after the other.
/// </remarks>
public abstract class TrainingTask
{
    /// <summary>The name a spec selects this task by: lower case letters, digits and '-'.</summary>
    public abstract string Name { get; }

    /// <summary>One line for <c>orleanstrain tasks</c>.</summary>
    public abstract string Description { get; }

    /// <summary>Spec keys this task sets unless the user does, for example <c>["epochs"] = "3"</c>. Keys are those of a spec file.</summary>
    public virtual IReadOnlyDictionary<string, string> Defaults { get; } = new Dictionary<string, string>();

    /// <summary>The task's own parameters (<c>params.NAME</c> in a spec) with their defaults; others are refused.</summary>
    public virtual IReadOnlyDictionary<string, string> Parameters { get; } = new Dictionary<string, string>();

    /// <summary>How to get the data, for a user whose dataset URI is empty: the commands to type. Empty: nothing special.</summary>
    public virtual string DatasetHint => "";

    /// <summary>How objects of the store become training batches.</summary>
    public abstract DataPipeline CreatePipeline(TaskContext context);

    /// <summary>A new model with freshly initialised parameters, on the CPU; it is moved to the device afterwards.</summary>
    public abstract nn.Module CreateModel(TaskContext context);

    /// <summary>The mean loss of a batch, a scalar of the graph that <c>backward()</c> is called on.</summary>
    public abstract Tensor Loss(nn.Module model, Batch batch, TaskContext context);

    /// <summary>
    /// Adds a batch to the sums of an evaluation. The model is in eval mode and no gradients are recorded.
    /// Report at least <c>loss</c>; for a classifier also <c>accuracy</c>.
    /// </summary>
    public abstract void Evaluate(nn.Module model, Batch batch, MetricSums sums, TaskContext context);
}
