using OrleansTrain.Exchange;
using OrleansTrain.Training;
using OrleansTrain.Training.Checkpoints;
using OrleansTrain.Training.Replicas;

namespace OrleansTrain.Ranks;

/// <summary>Puts a silo where a checkpoint stands, whatever silos wrote it.</summary>
public static class CheckpointRestore
{
    /// <summary>Restores the parameters and the silo's shard of the optimizer state. Once a silo, after its session is opened.</summary>
    /// <param name="reader">The run's checkpoints.</param>
    /// <param name="manifest">The one to restore.</param>
    /// <param name="session">The silo's session. Of its parameters those of rank 0's silo count: the others get them by broadcast.</param>
    /// <exception cref="CheckpointCorruptException">It is torn or altered.</exception>
    /// <exception cref="CheckpointMismatchException">It is of another model, optimizer or world size.</exception>
    public static async Task RestoreSilo(
        CheckpointReader reader, CheckpointManifest manifest, IExchangeSession session, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(reader);
        ArgumentNullException.ThrowIfNull(manifest);
        ArgumentNullException.ThrowIfNull(session);
        if (manifest.Optimizer != session.Plan.Optimizer.Name)
        {
            throw new CheckpointMismatchException(
                $"The checkpoint was made with optimizer '{manifest.Optimizer}'; this run has '{session.Plan.Optimizer.Name}'.");
        }

        if (session.Plan.Silos[session.Plan.Self].Ranks.Contains(0))
        {
            await reader.LoadParameters(manifest, session.Plan.Layout, session.Parameters, cancellationToken);
        }

        var shard = session.Shard;
        var steps = await reader.LoadOptimizer(manifest, shard.Start, shard.Length, [.. shard.Names], shard.Write, cancellationToken);
        shard.SetOptimizerSteps(steps);
    }

    /// <summary>Restores one rank's random states and buffers.</summary>
    /// <returns>What the rank's loop starts from: the place in the data, and the rank's sums of that epoch.</returns>
    public static async Task<(TrainingCursor Start, RunningSums Resumed)> RestoreRank(
        CheckpointReader reader, CheckpointManifest manifest, ModelReplica replica, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(reader);
        ArgumentNullException.ThrowIfNull(manifest);
        var sums = await reader.LoadRank(manifest, replica, cancellationToken);
        return (manifest.Cursor, sums);
    }
}
