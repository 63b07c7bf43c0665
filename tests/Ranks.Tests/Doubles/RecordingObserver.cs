using OrleansTrain.Training;

namespace OrleansTrain.Ranks.Tests.Doubles;

/// <summary>Keeps what a loop said. Used by one rank's thread, read after it has ended.</summary>
internal sealed class RecordingObserver : IRankObserver
{
    public List<EpochSums> Epochs { get; } = [];

    public List<(long Step, RunningSums Sums)> Steps { get; } = [];

    public List<(long Step, bool Deferred)> Skipped { get; } = [];

    public List<string> Warnings { get; } = [];

    public void EpochCompleted(EpochSums sums) => Epochs.Add(sums);

    public void StepsCompleted(long step, RunningSums sums, double learningRate) => Steps.Add((step, sums));

    public void CheckpointSkipped(long step, bool deferred) => Skipped.Add((step, deferred));

    public void Warning(string message) => Warnings.Add(message);
}
