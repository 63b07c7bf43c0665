namespace OrleansTrain.Grains.Runs;

/// <summary>The stored state of a run was written by another activation of its grain since this one read it.</summary>
internal sealed class ReplacedException(string runId, Exception inner)
    : OrleansException($"Run {runId} has moved to another activation of its grain: ask again.", inner);
