using OrleansTrain.Training;
using OrleansTrain.Training.Replicas;

namespace OrleansTrain.Ranks;

/// <summary>
/// One silo's part in taking checkpoints, shared by its ranks. Each of them calls <see cref="Take"/> between the same two steps;
/// when the last has, the silo's share is written in the background.
/// </summary>
public interface ICheckpointTaker
{
    /// <summary>A share is being written.</summary>
    bool Busy { get; }

    /// <summary>The share that is being written, and for how long it has been; null when none is.</summary>
    (long Step, TimeSpan Since)? Writing { get; }

    /// <summary>Copies what this rank has to keep into host memory; must be called between steps, by the rank's thread.</summary>
    /// <param name="replica">The rank's model.</param>
    /// <param name="step">Steps of the run that are done.</param>
    /// <param name="cursor">Where to continue from this checkpoint.</param>
    /// <param name="sums">The rank's sums of the epoch that <paramref name="cursor"/> lies in.</param>
    /// <param name="isLast">
    /// No step follows: what it holds would be lost without it, so it is written for as long as it takes a store that is away to come back.
    /// </param>
    /// <returns>Ends when the silo's share is written, or its observer knows that it could not be; never fails.</returns>
    Task Take(ModelReplica replica, long step, TrainingCursor cursor, RunningSums sums, bool isLast = false);
}
