using System.Security.Cryptography;
using OrleansTrain.Grains.Abstractions.Cluster;
using OrleansTrain.Grains.Abstractions.ParameterServer;
using OrleansTrain.Grains.Abstractions.Specs;
using OrleansTrain.Grains.Abstractions.Trainers;
using OrleansTrain.Grains.Placement;

namespace OrleansTrain.Grains.Runs;

/// <summary>
/// One attempt of a run: the trainer grains of its ranks and what is done with all of them together.
/// Lives in the training grain's turn; holds nothing that cannot be found again from (run, attempt, placement).
/// </summary>
internal sealed class Attempt(string runId, int number, RunSpec spec, IReadOnlyList<RankSlot> slots, IGrainFactory grains)
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(2);

    private readonly ITrainerGrain[] _trainers =
        [.. slots.Select((slot, rank) => grains.GetGrain<ITrainerGrain>(PinnedKey.Create($"{runId}/{rank}/{number}", SiloAddress.FromParsableString(slot.Silo))))];

    private readonly IParameterServerGrain[] _shards =
        [.. slots.Select(slot => slot.Silo).Distinct(StringComparer.Ordinal).Select((silo, shard) =>
            grains.GetGrain<IParameterServerGrain>(PinnedKey.Create($"{runId}/{shard}/{number}", SiloAddress.FromParsableString(silo))))];

    public int Number { get; } = number;

    public int WorldSize => slots.Count;

    public IReadOnlyList<RankSlot> Slots => slots;

    /// <summary>Loads model, data and checkpoint on every rank.</summary>
    public async Task<PreparedRank[]> Prepare(long? checkpointStep)
    {
        var prepared = await OnAllRanks("load", (trainer, rank) =>
            trainer.Prepare(new RankAssignment(runId, Number, rank, slots[rank].Slot, spec, checkpointStep)));
        foreach (var other in prepared.Skip(1))
        {
            RequireSameModel(prepared[0], other);
        }

        return prepared;
    }

    /// <summary>Opens the gradient exchange between the silos.</summary>
    public async Task Connect(PreparedRank[] prepared)
    {
        var silos = slots.Select((slot, rank) => (slot.Silo, rank))
            .GroupBy(placed => placed.Silo, placed => placed.rank, StringComparer.Ordinal)
            .Select(silo => new SiloRanks(prepared[silo.First()].Endpoint, [.. silo]));
        var exchange = new ExchangeAssignment([.. silos], RandomNumberGenerator.GetBytes(32));
        await OpenShards(exchange, prepared[0]);
        await OnAllRanks("open the gradient exchange", async (trainer, _) =>
        {
            await trainer.OpenExchange(exchange);
            return true;
        });

        // Only when every silo has a session: a connection to one that has none is refused.
        await OnAllRanks("connect", async (trainer, _) =>
        {
            await trainer.Connect();
            return true;
        });
    }

    private async Task OpenShards(ExchangeAssignment exchange, PreparedRank first)
    {
        try
        {
            await Task.WhenAll(_shards.Select((shard, index) => shard.Open(
                new ShardAssignment(runId, Number, index, spec, exchange, first.Parameters, first.StartStep))));
        }
        catch (Exception error) when (error is RankFailedException || SiloLoss.Is(error))
        {
            var failure = (error as RankFailedException)?.Failure;
            throw new AttemptFailedException($"a parameter shard could not be opened: {Surprises.FirstLine(error)}", failure, [], error)
            {
                IsFinal = failure?.IsTaskError == true,
            };
        }
    }

    /// <summary>Starts the loops.</summary>
    public Task Run() => OnAllRanks("start", async (trainer, _) =>
    {
        await trainer.Run();
        return true;
    });

    /// <summary>Asks every rank where it stands; an exception in place of an answer means that the rank could not be asked.</summary>
    public Task<(RankProgress? Progress, Exception? Error)[]> Poll(Committed committed) =>
        Task.WhenAll(_trainers.Select(async (trainer, rank) =>
        {
            try
            {
                return ((RankProgress?)await trainer.GetProgress(committed), (Exception?)null);
            }
            catch (RankFailedException lost)
            {
                // The activation is a new, empty one: the rank went with the old, for example when a directory partition was lost with its silo.
                return (new RankProgress { Rank = rank, Phase = RankPhase.Failed, Failure = lost.Failure }, null);
            }
            catch (Exception error) when (SiloLoss.Is(error))
            {
                return (null, error);
            }
        }));

    /// <summary>Asks for a stop with a checkpoint after the current step. Ranks that cannot be asked hear of it from the others.</summary>
    public Task RequestStop() => BestEffort(trainer => trainer.RequestStop());

    /// <summary>Ends the ranks that can be reached; the others are fenced off by the attempt's number.</summary>
    public async Task Stop(string reason)
    {
        // The shards first: a rank that waits for a gradient wakes at once.
        await Quietly(_shards.Select(shard => shard.Fence()));
        await BestEffort(trainer => trainer.Stop(reason));
    }

    /// <summary>Silos that do not answer now: of those whose ranks have lost each other some may be gone.</summary>
    public async Task<IReadOnlyList<string>> FindUnreachable()
    {
        var polls = _trainers.Select(trainer => trainer.GetProgress(Committed.Nothing).WaitAsync(AnswerLimit)).ToList();
        await Quietly(polls);
        return [.. polls.Select((poll, rank) => (poll, rank))
            .Where(asked => asked.poll.Exception?.GetBaseException() is { } error && SiloLoss.Is(error))
            .Select(asked => Suspect(asked.rank, asked.poll.Exception!.GetBaseException()))
            .Distinct()];
    }

    /// <summary>The silo to be left out for a while when this rank could not be reached: the one the error names, or the rank's own.</summary>
    public string Suspect(int rank, Exception error) => SiloLoss.Culprit(error) ?? slots[rank].Silo;

    /// <summary>What each shard has done.</summary>
    public Task<ShardStatistics[]> GetStatistics() => Task.WhenAll(_shards.Select(shard => shard.GetStatistics()));

    /// <summary>What each rank did in the traced steps.</summary>
    public Task<RankTrace?[]> GetTraces() => OnAllRanks("give its trace", (trainer, _) => trainer.GetTrace());

    /// <summary>Tests a checkpoint, each rank its share of the split.</summary>
    public Task<EvaluationReport[]> Evaluate(long checkpointStep, string split) =>
        OnAllRanks("evaluate", (trainer, _) => trainer.Evaluate(new EvaluationAssignment(checkpointStep, split)));

    private Task BestEffort(Func<ITrainerGrain, Task> call) => Quietly(_trainers.Select(call));

    // A rank or shard that does not answer is what this is for: its silo is gone, or it will be refused by its attempt number.
    private static async Task Quietly(IEnumerable<Task> calls)
    {
        await Task.WhenAll(calls.Select(call => call.WaitAsync(TimeSpan.FromSeconds(3)))).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    private async Task<T[]> OnAllRanks<T>(string what, Func<ITrainerGrain, int, Task<T>> call)
    {
        var calls = _trainers.Select((trainer, rank) => call(trainer, rank)).ToArray();
        await Task.WhenAll(calls.Cast<Task>()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        if (calls.All(task => task.IsCompletedSuccessfully))
        {
            return [.. calls.Select(task => task.Result)];
        }

        var errors = calls.Select((task, rank) => (Error: task.Exception?.GetBaseException(), Rank: rank)).Where(failed => failed.Error is not null).ToList();
        var suspects = errors.Where(failed => SiloLoss.Is(failed.Error!)).Select(failed => Suspect(failed.Rank, failed.Error!)).Distinct().ToList();
        var (error, first) = errors.FirstOrDefault(failed => failed.Error is RankFailedException) is { Error: not null } refusal ? refusal : errors[0];
        var failure = (error as RankFailedException)?.Failure;
        throw new AttemptFailedException($"rank {first} could not {what}: {Surprises.FirstLine(error!)}", failure, suspects, error)
        {
            IsFinal = failure?.IsTaskError == true,
        };
    }

    private static void RequireSameModel(PreparedRank first, PreparedRank other)
    {
        var same = first.Parameters.Count == other.Parameters.Count
            && first.Parameters.Zip(other.Parameters).All(pair => pair.First.Name == pair.Second.Name && pair.First.Shape.SequenceEqual(pair.Second.Shape));
        if (!same)
        {
            throw new AttemptFailedException(
                $"rank {other.Rank} built a model with other parameters than rank {first.Rank}: CreateModel must give the same model on every rank, and all silos must run the same build.",
                null, [])
            { IsFinal = true };
        }

        if (first.DatasetDigest != other.DatasetDigest)
        {
            throw new AttemptFailedException($"rank {other.Rank} sees another version of the dataset than rank {first.Rank}: it was changed while the run was starting.", null, []);
        }
    }
}
