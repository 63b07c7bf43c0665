using OrleansTrain.Exchange;
using OrleansTrain.Storage;
using OrleansTrain.Training;
using OrleansTrain.Training.Checkpoints;
using OrleansTrain.Training.Replicas;

namespace OrleansTrain.Ranks;

/// <summary>
/// One silo's part in the checkpoints of one attempt. Its ranks copy between two steps, each its own state and an equal share of the silo's
/// parameters and optimizer state; the last to finish hands over to a background task that hashes and writes. One checkpoint at a time.
/// </summary>
public sealed class SiloCheckpoints : ICheckpointTaker, IAsyncDisposable
{
    private const int CopyChunk = 16 << 20;

    // For the last checkpoint of a run: a store that is away is waited for, a full one only for as long as somebody may be making room.
    private static readonly TimeSpan PatienceWithFullStore = TimeSpan.FromMinutes(1);

    private readonly IExchangeSession _session;
    private readonly IObjectStore _store;
    private readonly string _prefix;
    private readonly ICheckpointObserver _observer;
    private readonly TimeProvider _time;
    private readonly int[] _ranks;
    private readonly Lazy<CheckpointSnapshot> _snapshot;
    private readonly CancellationTokenSource _stop = new();
    private int _copied;
    private TaskCompletionSource _taken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile Task _writing = Task.CompletedTask;
    private volatile Write? _current;

    /// <summary>Prepares; memory is taken with the first checkpoint.</summary>
    /// <param name="session">The silo's exchange session.</param>
    /// <param name="store">Where checkpoints go.</param>
    /// <param name="prefix">Key prefix of the run's checkpoints.</param>
    /// <param name="observer">Is told what became of each.</param>
    /// <param name="time">Clock; null: the system's.</param>
    public SiloCheckpoints(IExchangeSession session, IObjectStore store, string prefix, ICheckpointObserver observer, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(observer);
        (_session, _store, _prefix, _observer, _time) = (session, store, prefix, observer, time ?? TimeProvider.System);
        _ranks = [.. session.Plan.Silos[session.Plan.Self].Ranks.Order()];
        // The shard knows its state arrays once it has taken a step at the latest.
        _snapshot = new Lazy<CheckpointSnapshot>(() => new CheckpointSnapshot(
            session.Plan.Layout, _ranks.Contains(0), session.Shard.Start, session.Shard.Length, [.. session.Shard.Names], _ranks));
    }

    /// <summary>Between two tries to write the last checkpoint of a run.</summary>
    public TimeSpan RetryPause { get; init; } = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    public bool Busy => !_writing.IsCompleted;

    /// <inheritdoc/>
    public (long Step, TimeSpan Since)? Writing => _current is { } current ? (current.Step, _time.GetElapsedTime(current.Started)) : null;

    /// <inheritdoc/>
    public Task Take(ModelReplica replica, long step, TrainingCursor cursor, RunningSums sums, bool isLast = false)
    {
        ArgumentNullException.ThrowIfNull(replica);
        var rank = replica.Context.Rank;
        var index = Array.IndexOf(_ranks, rank);
        var snapshot = _snapshot.Value;
        // No rank comes here for the next checkpoint before all have left with this one.
        var taken = Volatile.Read(ref _taken);
        if (snapshot.HasModel)
        {
            var (start, end) = Share(_session.Plan.Layout.Length, index);
            snapshot.CopyParameters(_session.Parameters, start, end - start);
        }

        CopyOptimizer(snapshot, index);
        snapshot.SetRank(rank, sums, replica.CaptureState());
        if (Interlocked.Increment(ref _copied) == _ranks.Length)
        {
            _copied = 0;
            Volatile.Write(ref _taken, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            var optimizerSteps = _session.Shard.OptimizerSteps;
            _current = new Write(step, _time.GetTimestamp());
            _writing = Task.Run(() => WriteShare(snapshot, step, cursor, optimizerSteps, isLast, taken));
        }

        return taken.Task;
    }

    /// <summary>Ends a write that is under way and frees the memory. No rank may be running any more.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _writing;
        _stop.Dispose();
        if (_snapshot.IsValueCreated)
        {
            _snapshot.Value.Dispose();
        }
    }

    private void CopyOptimizer(CheckpointSnapshot snapshot, int index)
    {
        var (start, end) = Share(snapshot.OptimizerLength, index);
        for (var state = 0; state < snapshot.OptimizerStates.Count; state++)
        {
            for (var at = start; at < end; at += CopyChunk)
            {
                _session.Shard.Read(snapshot.OptimizerStates[state], at, snapshot.Optimizer(state, at, (int)Math.Min(CopyChunk, end - at)));
            }
        }
    }

    private (long Start, long End) Share(long length, int index) => (length * index / _ranks.Length, length * (index + 1) / _ranks.Length);

    private async Task WriteShare(
        CheckpointSnapshot snapshot, long step, TrainingCursor cursor, long optimizerSteps, bool isLast, TaskCompletionSource taken)
    {
        var started = _time.GetTimestamp();
        try
        {
            while (true)
            {
                try
                {
                    var part = await CheckpointWriter.Write(_store, _prefix, snapshot, step, cursor, optimizerSteps, _stop.Token);
                    await _observer.Written(part);
                    return;
                }
                catch (ObjectStoreException error) when (isLast && MayPass(error, _time.GetElapsedTime(started)))
                {
                    _observer.Retrying(step, error);
                    await Task.Delay(RetryPause, _time, _stop.Token);
                }
            }
        }
        catch (Exception exception)
        {
            // Not lost: the observer reports it, and the run goes on with the checkpoints it has.
            await _observer.Failed(step, exception);
        }
        finally
        {
            _current = null;
            taken.SetResult();
        }
    }

    private static bool MayPass(ObjectStoreException error, TimeSpan since) =>
        error.Error == ObjectStoreError.Unavailable || (error.Error == ObjectStoreError.NoSpace && since < PatienceWithFullStore);

    private sealed record Write(long Step, long Started);
}
