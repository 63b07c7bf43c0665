using Orleans.Concurrency;

namespace OrleansTrain.Grains.Abstractions.Trainers;

/// <summary>
/// One rank in one attempt of a run. Key: <c>{run}/{rank}/{attempt}|{silo}</c>; a new attempt gets new grains, so an old one can never be
/// mistaken for it. The rank computes on a thread of its own; every call here returns at once or awaits that thread.
/// </summary>
[Alias("OrleansTrain.ITrainerGrain")]
public interface ITrainerGrain : IGrainWithStringKey
{
    /// <summary>Builds the model, opens the data and, when there is one, reads the checkpoint to start from.</summary>
    /// <exception cref="RankFailedException">The task, the data or the device cannot be used; the message says why.</exception>
    [Alias("Prepare"), ResponseTimeout("1.00:00:00")]
    Task<PreparedRank> Prepare(RankAssignment assignment);

    /// <summary>Opens the silo's exchange session and puts it where the checkpoint stands; returns when all ranks of the silo have done so.</summary>
    [Alias("OpenExchange"), ResponseTimeout("1.00:00:00")]
    Task OpenExchange(ExchangeAssignment exchange);

    /// <summary>Connects the silo to the others, all of which have opened theirs; returns when all have the same parameters.</summary>
    [Alias("Connect"), ResponseTimeout("1.00:00:00")]
    Task Connect();

    /// <summary>Starts the loop and returns.</summary>
    [Alias("Run")]
    Task Run();

    /// <summary>
    /// Where the rank stands. Epoch and checkpoint reports are repeated until the caller says that it has stored them.
    /// </summary>
    [Alias("GetProgress"), AlwaysInterleave, ResponseTimeout("00:00:05")]
    Task<RankProgress> GetProgress(Committed committed);

    /// <summary>Asks for a stop, with a checkpoint, after the step that all ranks agree on.</summary>
    [Alias("RequestStop"), AlwaysInterleave]
    Task RequestStop();

    /// <summary>What the rank did in the traced steps; null when none were asked for or they are still to come.</summary>
    [Alias("GetTrace"), AlwaysInterleave]
    Task<RankTrace?> GetTrace();

    /// <summary>Tests a checkpoint on this rank's share of a split; returns the sums, which the caller adds up in rank order.</summary>
    [Alias("Evaluate"), AlwaysInterleave, ResponseTimeout("1.00:00:00")]
    Task<EvaluationReport> Evaluate(EvaluationAssignment assignment);

    /// <summary>Ends the rank now, wherever it is, and frees what it holds. Idempotent.</summary>
    [Alias("Stop"), AlwaysInterleave]
    Task Stop(string reason);
}

/// <summary>What a run's training grain has stored of its ranks' reports.</summary>
/// <param name="Epoch">The last epoch whose summary is stored, from 1.</param>
/// <param name="Step">The last step whose point within an epoch is stored.</param>
/// <param name="Checkpoint">Step of the last checkpoint that has been dealt with; -1: none.</param>
[GenerateSerializer, Alias("OrleansTrain.Committed"), Immutable]
public readonly record struct Committed([property: Id(0)] int Epoch, [property: Id(1)] long Step, [property: Id(2)] long Checkpoint)
{
    /// <summary>Nothing is stored: whoever asks with this only wants to know whether there is an answer.</summary>
    public static Committed Nothing => new(0, 0, -1);
}
