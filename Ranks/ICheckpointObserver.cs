using OrleansTrain.Training.Checkpoints;

namespace OrleansTrain.Ranks;

/// <summary>Is told how writing a silo's share of a checkpoint went. Called on pool threads, one call at a time.</summary>
public interface ICheckpointObserver
{
    /// <summary>The share is in the store. If this throws, <see cref="Failed"/> is told.</summary>
    Task Written(CheckpointPart part);

    /// <summary>The store did not take the share of the run's last checkpoint; it will be written again. Must not throw.</summary>
    /// <param name="step">Steps that were done.</param>
    void Retrying(long step, Exception exception);

    /// <summary>The share could not be written; training goes on, and the checkpoints before stay. Must not throw.</summary>
    /// <param name="step">Steps that were done.</param>
    Task Failed(long step, Exception exception);
}
