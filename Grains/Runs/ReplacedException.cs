namespace OrleansTrain.Grains.Runs;

/// <summary>
/// The stored state of a run is not what this activation of its grain knows: another one has written it, or this one has and was not told that it arrived.
/// </summary>
internal sealed class ReplacedException(string runId, Exception inner)
    : OrleansException($"Run {runId} has moved to another activation of its grain: ask again.", inner);
