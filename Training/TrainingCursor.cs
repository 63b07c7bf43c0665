namespace OrleansTrain.Training;

/// <summary>Where a run stands between two steps.</summary>
/// <param name="Epoch">The epoch to continue in, from 0.</param>
/// <param name="StepInEpoch">The step of that epoch to take next, from 0.</param>
public readonly record struct TrainingCursor(int Epoch, long StepInEpoch);
