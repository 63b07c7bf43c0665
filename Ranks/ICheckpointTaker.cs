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

    /// <summary>Copies what this rank has to keep into host memory; must be called between steps, by the rank's thread.</summary>
    /// <param name="replica">The rank's model.</param>
    /// <param name="step">Steps of the run that are done.</param>
    /// <param name="cursor">Where to continue from this checkpoint.</param>
    /// <param name="sums">The rank's sums of the epoch that <paramref name="cursor"/> lies in.</param>
    /// <returns>Ends when the silo's share is written, or its observer knows that it could not be; never fails.</returns>
    Task Take(ModelReplica replica, long step, TrainingCursor cursor, RunningSums sums);

    /// <summary>Waits until the share before this rank's next <see cref="Take"/> is written.</summary>
    void WaitIdle(CancellationToken cancellationToken);
}
