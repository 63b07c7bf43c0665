using OrleansTrain.Training;

namespace OrleansTrain.Ranks;

/// <summary>What one rank's loop does, and from where. All but <see cref="Resumed"/> must be equal on all ranks of a run.</summary>
public sealed record RankLoopOptions
{
    /// <summary>Epochs of the whole run.</summary>
    public required int Epochs { get; init; }

    /// <summary>Where to begin: at the start, or where a checkpoint stands.</summary>
    public TrainingCursor Start { get; init; }

    /// <summary>This rank's sums of the epoch that <see cref="Start"/> lies in.</summary>
    public RunningSums Resumed { get; init; }

    /// <summary>Torch threads the rank computes with. Part of what fixes the weights.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>A checkpoint whenever this many steps of the run are done; 0: none by steps. One is taken at each end of an epoch anyway.</summary>
    public long CheckpointEverySteps { get; init; }

    /// <summary>A checkpoint when this much time has passed since the last; zero: none by time. Rank 0's clock decides.</summary>
    public TimeSpan CheckpointInterval { get; init; }

    /// <summary>Epochs between validations; 0: none.</summary>
    public int ValidateEvery { get; init; }

    /// <summary>Steps between calls of <see cref="IRankObserver.StepsCompleted"/>; 0: none.</summary>
    public int LogEverySteps { get; init; }
}
