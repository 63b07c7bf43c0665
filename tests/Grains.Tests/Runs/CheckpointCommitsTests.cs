using Microsoft.Extensions.Time.Testing;
using OrleansTrain.Grains.Abstractions.Trainers;
using OrleansTrain.Grains.Runs;

namespace OrleansTrain.Grains.Tests.Runs;

/// <summary>Completing checkpoints beside the loop: an object store that hangs holds up nothing but them.</summary>
public sealed class CheckpointCommitsTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly List<string> _done = [];
    private readonly CheckpointCommits _commits;
    private TaskCompletionSource _store = Completed();

    public CheckpointCommitsTests() =>
        _commits = new CheckpointCommits(new CheckpointLedger(silos: 1), Commit, Prune, _time);

    [Fact]
    public async Task While_the_store_hangs_nobody_waits_and_what_comes_later_stays_in_order()
    {
        _store = new TaskCompletionSource();
        Report(5);
        Report(9);
        _commits.StartNext(_ => true);
        _time.Advance(TimeSpan.FromSeconds(30));
        _commits.StartNext(_ => true);

        Assert.Null(await _commits.TakeResult());
        Assert.Equal(new CheckpointWrite(5, TimeSpan.FromSeconds(30)), _commits.Committing);
        Assert.False(_commits.IsIdle);

        _store.SetResult();
        Assert.Equal(5, (await _commits.TakeResult())!.Step);
        _commits.StartNext(_ => true);
        Assert.Equal(9, (await _commits.TakeResult())!.Step);
        Assert.Equal(["commit 5", "commit 9"], _done);
        Assert.False(_commits.IsIdle);
        _commits.Stored();
        Assert.True(_commits.IsIdle);
    }

    [Fact]
    public async Task A_checkpoint_whose_report_is_repeated_while_it_is_committed_is_committed_once()
    {
        Report(5);
        _commits.StartNext(_ => true);
        Report(5);

        Assert.NotNull(await _commits.TakeResult());
        _commits.Stored();
        Assert.True(_commits.IsIdle);
    }

    [Fact]
    public async Task Old_ones_are_removed_when_the_result_is_stored_and_before_the_next_commit()
    {
        Report(5);
        Report(9);
        await CommitNext();
        _store = new TaskCompletionSource();
        _commits.Stored();
        _commits.StartNext(_ => true);
        Assert.Null(_commits.Committing);
        Assert.False(_commits.Due!.IsCompleted);

        _store.SetResult();
        Assert.True(_commits.Due is null or { IsCompleted: true });
        _commits.StartNext(_ => true);
        Assert.Equal(["commit 5", "prune 5", "commit 9"], _done);
    }

    [Fact]
    public async Task What_is_stored_while_the_next_is_committed_removes_old_ones_after_that()
    {
        Report(5);
        Report(9);
        await CommitNext();
        _store = new TaskCompletionSource();
        _commits.StartNext(_ => true);
        _commits.Stored();
        _store.SetResult();
        Assert.Equal(["commit 5", "commit 9"], _done);

        Assert.NotNull(await _commits.TakeResult());
        _commits.StartNext(_ => true);
        Assert.Equal(["commit 5", "commit 9", "prune 5"], _done);
    }

    [Fact]
    public async Task Results_that_are_stored_together_remove_old_ones_once()
    {
        Report(5);
        Report(9);
        await CommitNext();
        await CommitNext();
        _commits.Stored();
        Assert.Equal(["commit 5", "commit 9", "prune 9"], _done);
    }

    [Fact]
    public async Task Settling_removes_also_what_was_stored_while_older_ones_were_being_removed()
    {
        Report(5);
        Report(9);
        await CommitNext();
        _commits.StartNext(_ => true);
        _commits.Stored();
        Assert.NotNull(await _commits.TakeResult());
        _store = new TaskCompletionSource();
        _commits.StartNext(_ => true);
        _commits.Stored();
        Assert.True(_commits.IsIdle);

        var settling = _commits.Settle(TimeSpan.FromSeconds(5));
        _store.SetResult();
        await settling;
        Assert.Equal(["commit 5", "commit 9", "prune 5", "prune 9"], _done);
    }

    [Fact]
    public async Task When_an_attempt_has_ended_nothing_of_it_writes_any_more()
    {
        _store = new TaskCompletionSource();
        Report(5);
        _commits.StartNext(_ => true);

        var ending = _commits.DisposeAsync();
        Assert.False(ending.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(3));
        await ending;

        _store.SetResult();
        Assert.Equal(["cancelled 5"], _done);
    }

    [Fact]
    public async Task What_is_nearly_done_when_an_attempt_ends_is_finished()
    {
        _store = new TaskCompletionSource();
        Report(5);
        _commits.StartNext(_ => true);

        var ending = _commits.DisposeAsync();
        _store.SetResult();
        await ending;

        Assert.Equal(["commit 5"], _done);
    }

    public ValueTask DisposeAsync() => _commits.DisposeAsync();

    private static TaskCompletionSource Completed()
    {
        var completed = new TaskCompletionSource();
        completed.SetResult();
        return completed;
    }

    private async Task CommitNext()
    {
        _commits.StartNext(_ => true);
        Assert.NotNull(await _commits.TakeResult());
    }

    private void Report(long step) => _commits.Add(0, [new CheckpointReport(step, "{}", null)]);

    private async Task<CheckpointResult> Commit(long step, IReadOnlyList<CheckpointReport> shares, CancellationToken cancellationToken)
    {
        await Store("commit", step, cancellationToken);
        return new CheckpointResult(step, new FoundCheckpoint(step, "s3://as/the/test/says", "00"), null);
    }

    private Task Prune(long step, CancellationToken cancellationToken) => Store("prune", step, cancellationToken);

    private async Task Store(string what, long step, CancellationToken cancellationToken)
    {
        try
        {
            await _store.Task.WaitAsync(cancellationToken);
            _done.Add($"{what} {step}");
        }
        catch (OperationCanceledException)
        {
            _done.Add($"cancelled {step}");
            throw;
        }
    }
}
