namespace OrleansTrain.Ranks;

/// <summary>How a rank's loop ended when it did not fail.</summary>
/// <param name="Step">Steps of the run that are done.</param>
/// <param name="Stopped">It was asked to stop before the last epoch was done.</param>
/// <param name="SkippedCheckpoints">Checkpoints that were left out because the one before was still being written.</param>
public sealed record RankResult(long Step, bool Stopped, long SkippedCheckpoints);
