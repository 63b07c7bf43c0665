using OrleansTrain.Data;
using OrleansTrain.Grains.Abstractions.Specs;
using OrleansTrain.Grains.Abstractions.Trainers;
using OrleansTrain.Ranks;
using OrleansTrain.Training;
using OrleansTrain.Training.Checkpoints;
using OrleansTrain.Training.Evaluations;
using OrleansTrain.Training.Replicas;
using TorchSharp;

namespace OrleansTrain.Grains.Trainers;

/// <summary>Tests a checkpoint on one rank's share of a split: what was written is read back, so the model tested is the one a user gets.</summary>
internal static class RankEvaluation
{
    public static async Task<EvaluationReport> Run(
        TrainingTask task,
        TaskContext context,
        RunSpec spec,
        CheckpointReader reader,
        long step,
        IBatchSource source,
        CancellationToken cancellationToken)
    {
        using var replica = await Task.Run(() => ModelReplica.Create(task, context), cancellationToken);
        var manifest = await reader.ReadManifest(step, cancellationToken);
        await reader.LoadModel(manifest, replica.Model, cancellationToken);
        var sums = await RankThread.Start($"rank {context.Rank} evaluation", () =>
        {
            torch.set_num_threads(spec.ThreadsPerRank);
            return Evaluation.Run(task, replica.Model, context, source, cancellationToken: cancellationToken);
        });
        return new EvaluationReport(context.Rank, sums.Values.ToDictionary(sum => sum.Key, sum => new MetricSum(sum.Value.Sum, sum.Value.Weight)));
    }
}
