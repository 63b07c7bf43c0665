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

    private readonly IExchangeSession _session;
    private readonly IObjectStore _store;
    private readonly string _prefix;
    private readonly ICheckpointObserver _observer;
    private readonly int[] _ranks;
    private readonly Lazy<CheckpointSnapshot> _snapshot;
    private readonly CancellationTokenSource _stop = new();
    private int _copied;
    private TaskCompletionSource _taken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile Task _writing = Task.CompletedTask;

    /// <summary>Prepares; memory is taken with the first checkpoint.</summary>
    /// <param name="session">The silo's exchange session.</param>
    /// <param name="store">Where checkpoints go.</param>
    /// <param name="prefix">Key prefix of the run's checkpoints.</param>
    /// <param name="observer">Is told what became of each.</param>
    public SiloCheckpoints(IExchangeSession session, IObjectStore store, string prefix, ICheckpointObserver observer)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(observer);
        (_session, _store, _prefix, _observer) = (session, store, prefix, observer);
        _ranks = [.. session.Plan.Silos[session.Plan.Self].Ranks.Order()];
        // The shard knows its state arrays once it has taken a step at the latest.
        _snapshot = new Lazy<CheckpointSnapshot>(() => new CheckpointSnapshot(
            session.Plan.Layout, _ranks.Contains(0), session.Shard.Start, session.Shard.Length, [.. session.Shard.Names], _ranks));
    }

    /// <inheritdoc/>
    public bool Busy => !_writing.IsCompleted;

    /// <inheritdoc/>
    public Task Take(ModelReplica replica, long step, TrainingCursor cursor, RunningSums sums)
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
            _writing = Task.Run(() => Write(snapshot, step, cursor, optimizerSteps, taken));
        }

        return taken.Task;
    }

    /// <inheritdoc/>
    public void WaitIdle(CancellationToken cancellationToken) => _writing.Wait(cancellationToken);

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

    private async Task Write(
        CheckpointSnapshot snapshot, long step, TrainingCursor cursor, long optimizerSteps, TaskCompletionSource taken)
    {
        try
        {
            var part = await CheckpointWriter.Write(_store, _prefix, snapshot, step, cursor, optimizerSteps, _stop.Token);
            await _observer.Written(part);
        }
        catch (Exception exception)
        {
            // Not lost: the observer reports it, and the run goes on with the checkpoints it has.
            await _observer.Failed(step, exception);
        }
        finally
        {
            taken.SetResult();
        }
    }
}
