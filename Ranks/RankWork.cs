using System.Diagnostics;
using OrleansTrain.Data;
using OrleansTrain.Exchange;
using OrleansTrain.Training.Replicas;
using OrleansTrain.Training.Schedules;
using OrleansTrain.Training.Tracing;

namespace OrleansTrain.Ranks;

/// <summary>Everything one rank's loop works with. The loop disposes none of it.</summary>
public sealed record RankWork
{
    /// <summary>The rank's model, bound to the session's parameters.</summary>
    public required ModelReplica Replica { get; init; }

    /// <summary>The silo's exchange session; connected, its parameters broadcast or restored.</summary>
    public required IExchangeSession Session { get; init; }

    /// <summary>The rank's training batches.</summary>
    public required IBatchSource Source { get; init; }

    /// <summary>The rank's share of the validation data, if there is any.</summary>
    public IBatchSource? Validation { get; init; }

    /// <summary>The learning rate of each step.</summary>
    public required LearningRateSchedule Schedule { get; init; }

    /// <summary>How long, and from where.</summary>
    public required RankLoopOptions Options { get; init; }

    /// <summary>Is told what happens.</summary>
    public required IRankObserver Observer { get; init; }

    /// <summary>Takes the checkpoints; null: none are taken.</summary>
    public ICheckpointTaker? Checkpoints { get; init; }

    /// <summary>Where the parts of the steps are recorded; null: nowhere.</summary>
    public StepTrace? Trace { get; init; }

    /// <summary>What others ask of this rank.</summary>
    public RankControl Control { get; init; } = new();

    /// <summary>The span that the rank's own belong under.</summary>
    public ActivityContext Parent { get; init; }

    /// <summary>Where the rank stands.</summary>
    public RankProgress Progress { get; init; } = new();
}
