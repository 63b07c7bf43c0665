using OrleansTrain.Grains.Abstractions.Trainers;
using OrleansTrain.Ranks;
using OrleansTrain.Training.Checkpoints;

namespace OrleansTrain.Grains.Trainers;

/// <summary>Passes what became of the silo's share of a checkpoint to the journal of its lowest rank.</summary>
internal sealed class SiloCheckpointReports(RankJournal journal) : ICheckpointObserver
{
    public Task Written(CheckpointPart part)
    {
        journal.CheckpointWritten(new CheckpointReport(part.Step, part.ToJson(), null));
        return Task.CompletedTask;
    }

    public void Retrying(long step, Exception exception) =>
        journal.Warning($"the last checkpoint, after step {step}, could not be written yet and is tried again: {exception.Message}");

    public Task Failed(long step, Exception exception)
    {
        journal.CheckpointWritten(new CheckpointReport(step, null, exception.Message));
        return Task.CompletedTask;
    }
}
