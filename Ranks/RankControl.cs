using OrleansTrain.Exchange;

namespace OrleansTrain.Ranks;

/// <summary>What others ask of a running rank; it passes it on to all ranks with its next step. Thread-safe.</summary>
public sealed class RankControl
{
    private int _requests;

    /// <summary>All ranks stop after the same step, the next one or the one after.</summary>
    /// <param name="checkpoint">Whether a checkpoint is taken then.</param>
    public void RequestStop(bool checkpoint) =>
        Interlocked.Or(ref _requests, (int)(checkpoint ? StepRequests.Stop | StepRequests.Checkpoint : StepRequests.Stop));

    /// <summary>A checkpoint is taken as soon as one can be.</summary>
    public void RequestCheckpoint() => Interlocked.Or(ref _requests, (int)StepRequests.Checkpoint);

    /// <summary>What is asked for and not done yet.</summary>
    internal StepRequests Requests => (StepRequests)Volatile.Read(ref _requests);

    /// <summary>A checkpoint has been taken.</summary>
    internal void CheckpointTaken() => Interlocked.And(ref _requests, ~(int)StepRequests.Checkpoint);
}
