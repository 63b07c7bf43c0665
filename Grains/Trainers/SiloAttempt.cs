using OrleansTrain.Exchange;
using OrleansTrain.Ranks;
using OrleansTrain.Storage;
using OrleansTrain.Training.Checkpoints;
using OrleansTrain.Training.Replicas;

namespace OrleansTrain.Grains.Trainers;

/// <summary>
/// What the ranks of one attempt share on this silo: the exchange session with its parameter buffer, and the writing of checkpoints.
/// First all of the silo's ranks join, on every silo; then the silos connect and get the same parameters. Thread-safe.
/// </summary>
/// <param name="plan">The attempt.</param>
/// <param name="session">This silo's part of the exchange; owned here.</param>
/// <param name="location">Where the run's checkpoints are.</param>
/// <param name="start">The checkpoint to start from; null: from what the models were initialised with.</param>
internal sealed class SiloAttempt(
    ExchangePlan plan, IExchangeSession session, (IObjectStore Store, string Prefix) location, CheckpointManifest? start) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<int, ModelReplica> _replicas = [];
    private readonly HashSet<int> _left = [];
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private SiloCheckpoints? _checkpoints;
    private Task? _connected;

    public ExchangePlan Plan { get; } = plan;

    public IExchangeSession Session { get; } = session;

    /// <summary>Takes the silo's share of checkpoints; there once <see cref="Join"/> has returned.</summary>
    public ICheckpointTaker Checkpoints => _checkpoints ?? throw new InvalidOperationException("The silo's ranks have not all joined yet.");

    private IReadOnlyList<int> LocalRanks => Plan.Silos[Plan.Self].Ranks;

    /// <summary>Adds a rank's model; returns when all of the silo's ranks are there and stand where the checkpoint does.</summary>
    public async Task Join(int rank, ModelReplica replica, RankJournal journal, CancellationToken cancellationToken)
    {
        bool isLast;
        lock (_lock)
        {
            if (rank == LocalRanks[0])
            {
                _checkpoints = new SiloCheckpoints(Session, location.Store, location.Prefix, new SiloCheckpointReports(journal));
            }

            _replicas[rank] = replica;
            isLast = _replicas.Count == LocalRanks.Count;
        }

        if (isLast)
        {
            await Complete(cancellationToken);
        }

        await _ready.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Connects to the other silos, once for all ranks; every silo must have opened its session before.</summary>
    public Task Connect(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return _connected ??= ConnectOnce(cancellationToken);
        }
    }

    /// <summary>Takes a rank out; true when it was the last of those that joined.</summary>
    public bool Leave(int rank)
    {
        lock (_lock)
        {
            _left.Add(rank);
            return _replicas.Keys.All(_left.Contains);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_checkpoints is not null)
        {
            await _checkpoints.DisposeAsync();
        }

        await Session.DisposeAsync();
    }

    private async Task ConnectOnce(CancellationToken cancellationToken)
    {
        await Session.Connect(cancellationToken);
        await Session.BroadcastParameters(cancellationToken);
    }

    private async Task Complete(CancellationToken cancellationToken)
    {
        try
        {
            _replicas[LocalRanks[0]].CopyValuesTo(Session.Parameters);
            foreach (var (rank, replica) in _replicas)
            {
                replica.Bind(Session.ParametersOf(rank));
            }

            if (start is not null)
            {
                var reader = new CheckpointReader(location.Store, location.Prefix);
                await CheckpointRestore.RestoreSilo(reader, start, Session, cancellationToken);
            }

            _ready.SetResult();
        }
        catch (Exception error)
        {
            _ready.TrySetException(error);
        }
    }
}
