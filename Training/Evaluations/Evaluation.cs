using OrleansTrain.Data;
using static TorchSharp.torch;

namespace OrleansTrain.Training.Evaluations;

/// <summary>Runs a model over a set of batches without training it.</summary>
public static class Evaluation
{
    /// <summary>
    /// The sums of the task's metrics over all batches. The model is in eval mode meanwhile and in train mode afterwards.
    /// Runs on the caller's thread.
    /// </summary>
    /// <param name="task">Says what is measured.</param>
    /// <param name="model">The task's model, on the context's device.</param>
    /// <param name="context">The rank.</param>
    /// <param name="next">The next batch, or null after the last; each is disposed here.</param>
    public static MetricSums Run(TrainingTask task, nn.Module model, TaskContext context, Func<Batch?> next)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(next);
        var sums = new MetricSums();
        model.eval();
        try
        {
            using var noGrad = no_grad();
            while (next() is { } batch)
            {
                using (batch)
                {
                    using var scope = NewDisposeScope();
                    var onDevice = context.Device.type == TorchSharp.DeviceType.CPU
                        ? batch
                        : new Batch(batch.Inputs.to(context.Device), batch.Targets.to(context.Device), batch.Count) { Origin = batch.Origin };
                    task.Evaluate(model, onDevice, sums, context);
                }
            }
        }
        finally
        {
            model.train();
        }

        return sums;
    }

    /// <summary>Runs over one whole epoch of a source.</summary>
    /// <param name="beforeBatch">Called before each batch is asked for.</param>
    public static MetricSums Run(
        TrainingTask task, nn.Module model, TaskContext context, IBatchSource source, Action? beforeBatch = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        source.StartEpoch(epoch: 0, firstStep: 0);
        return Run(task, model, context, () =>
        {
            beforeBatch?.Invoke();
            return source.Next(cancellationToken);
        });
    }
}
