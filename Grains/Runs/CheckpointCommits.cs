using OrleansTrain.Grains.Abstractions.Trainers;

namespace OrleansTrain.Grains.Runs;

/// <summary>
/// Completes the checkpoints of one attempt beside the loop that polls its ranks, so that an object store that hangs holds up nothing but
/// them. One thing at a time and in order: checkpoints are committed, the loop stores the results with the run, and only then are old ones
/// removed, so an activation that has lost the run to another, and cannot store, removes nothing. Used within the turns of one grain.
/// </summary>
/// <param name="ledger">Shares of the attempt's silos.</param>
/// <param name="commit">Completes a checkpoint and says what became of it.</param>
/// <param name="prune">Removes what is no longer kept now that the checkpoint after a step is stored with the run.</param>
internal sealed class CheckpointCommits(
    CheckpointLedger ledger,
    Func<long, IReadOnlyList<CheckpointReport>, CancellationToken, Task<CheckpointResult>> commit,
    Func<long, CancellationToken, Task> prune,
    TimeProvider time) : IAsyncDisposable
{
    // What is nearly done when an attempt ends need not be done again by the next.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _ending = new();
    private Task<CheckpointResult>? _committing;
    private Task _pruning = Task.CompletedTask;
    private (long Step, long Started) _current;
    private long? _unstored;
    private long? _unpruned;
    private bool _isEnding;

    /// <summary>Every checkpoint that a silo has reported is dealt with, and stored with the run.</summary>
    public bool IsIdle => ledger.IsEmpty && _committing is null && _unstored is null;

    /// <summary>Completes when there is something for the loop to do; null while it need not look.</summary>
    public Task? Due => _committing ?? (ledger.IsEmpty || _pruning.IsCompleted ? null : _pruning);

    /// <summary>The checkpoint that is being committed and for how long it has been; null when none is.</summary>
    public CheckpointWrite? Committing => _committing is null ? null : new CheckpointWrite(_current.Step, time.GetElapsedTime(_current.Started));

    /// <summary>Adds what a silo's lowest rank has reported.</summary>
    public void Add(int rank, IEnumerable<CheckpointReport> reports) => ledger.Add(rank, reports);

    /// <summary>Starts the next commit when nothing else is under way.</summary>
    /// <param name="isCovered">See <see cref="CheckpointLedger.TakeNext"/>.</param>
    public void StartNext(Func<long, bool> isCovered)
    {
        StartPruning();
        if (_committing is null && _pruning.IsCompletedSuccessfully && ledger.TakeNext(isCovered) is var (step, shares))
        {
            _current = (step, time.GetTimestamp());
            _committing = commit(step, shares, _ending.Token);
        }
    }

    /// <summary>What became of the commit that has ended, once; null when none has. Throws what nobody foresaw, also in removing old ones.</summary>
    public async Task<CheckpointResult?> TakeResult()
    {
        if (_pruning.IsCompleted)
        {
            await _pruning;
        }

        if (_committing is not { IsCompleted: true } done)
        {
            return null;
        }

        _committing = null;
        var result = await done;
        _unstored = result.Complete?.Step ?? _unstored;
        return result;
    }

    /// <summary>All that <see cref="TakeResult"/> has given is stored with the run: checkpoints older than the newest of them may go.</summary>
    public void Stored()
    {
        (_unpruned, _unstored) = (_unstored ?? _unpruned, null);
        StartPruning();
    }

    /// <summary>Waits until old checkpoints are removed, but not for long: what is left would go with the next one.</summary>
    public async Task Settle(TimeSpan patience) =>
        await PruneAll().WaitAsync(patience, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);

    /// <summary>Ends what is under way: when this returns, nothing of the attempt writes or removes checkpoints any more.</summary>
    public async ValueTask DisposeAsync()
    {
        _isEnding = true;
        var running = Task.WhenAll(_committing ?? Task.CompletedTask, _pruning);
        await running.WaitAsync(Patience, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        await _ending.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        _ending.Dispose();
    }

    // What was stored while older ones were still being removed has yet to begin.
    private async Task PruneAll()
    {
        await _pruning;
        StartPruning();
        await _pruning;
    }

    private void StartPruning()
    {
        if (!_isEnding && _unpruned is { } step && _committing is null && _pruning.IsCompletedSuccessfully)
        {
            _unpruned = null;
            _pruning = prune(step, _ending.Token);
        }
    }
}

/// <summary>What became of a checkpoint that all silos have reported.</summary>
/// <param name="Step">Steps that were done.</param>
/// <param name="Complete">The checkpoint; null when it could not be written.</param>
/// <param name="Error">Why not; null when it was.</param>
internal sealed record CheckpointResult(long Step, FoundCheckpoint? Complete, string? Error);
