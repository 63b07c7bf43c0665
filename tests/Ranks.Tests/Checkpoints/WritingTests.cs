using OrleansTrain.Exchange;
using OrleansTrain.Ranks.Tests.Doubles;
using OrleansTrain.Storage;
using OrleansTrain.Training;
using OrleansTrain.Training.Checkpoints;

namespace OrleansTrain.Ranks.Tests.Checkpoints;

/// <summary>What happens when writing a checkpoint is slow or fails: training goes on.</summary>
public sealed class WritingTests
{
    private const string Prefix = "run";
    private static readonly OptimizerSettings Momentum = new("sgd", 0.1, new Dictionary<string, double> { ["momentum"] = 0.9 });

    [Fact]
    public async Task WhileOneIsBeingWrittenOthersAreLeftOutAndTheEndOfAnEpochIsMadeUpFor()
    {
        var store = new MemoryStore();
        var release = new TaskCompletionSource();
        // The first checkpoint, after step 2, is not written before the loop has come to step 8.
        store.BeforeWrite = _ => release.Task;
        CommittingObserver? observer = null;
        SiloCheckpoints? checkpoints = null;
        await using var run = new SmallRun(new TinyTask(), ranks: 2, epochs: 3, intercept: (epoch, step, _, batch) =>
        {
            if ((epoch, step) == (1, 3))
            {
                release.TrySetResult();
                Assert.True(SpinWait.SpinUntil(() => !checkpoints!.Busy, TimeSpan.FromSeconds(30)));
            }

            return batch;
        });
        observer = new CommittingObserver(store, Prefix, "sgd");
        await using var owned = checkpoints = new SiloCheckpoints(run.Session, store, Prefix, observer);
        run.With((_, work) => work with { Checkpoints = owned, Options = work.Options with { CheckpointEverySteps = 2 } });
        var results = await run.Run();

        Assert.Equal([(4L, false), (5L, true)], run.Observer(0).Skipped.Where(skip => skip.Step <= 7));
        Assert.Equal(run.Observer(0).Skipped, run.Observer(1).Skipped);
        Assert.Equal(2, observer.Committed[0]);
        // The end of the first epoch was due after step 5 and is taken at the first step at which nobody is busy: after step 9.
        Assert.Equal(9, observer.Committed[1]);
        Assert.Equal(15, observer.Committed[^1]);
        Assert.All(results, result => Assert.Equal(run.Observer(0).Skipped.Count(skip => !skip.Deferred), result.SkippedCheckpoints));
    }

    [Fact]
    public async Task AStoreThatRefusesDoesNotEndTheRun()
    {
        var store = new MemoryStore();
        await using var run = new SmallRun(new TinyTask(), ranks: 2, epochs: 2);
        var observer = new CommittingObserver(store, Prefix, "sgd");
        await using var checkpoints = new SiloCheckpoints(run.Session, store, Prefix, observer);
        run.With((_, work) => work with { Checkpoints = checkpoints });
        store.BeforeWrite = key => key.Contains("step-000000000005", StringComparison.Ordinal)
            ? throw new ObjectStoreException("full", ObjectStoreError.NoSpace)
            : Task.CompletedTask;
        await run.Run();

        // The one at the end of the first epoch failed; that at the end of the run waited for it and is there.
        Assert.Equal([5L], observer.Failures.Select(failure => failure.Step));
        Assert.IsType<ObjectStoreException>(observer.Failures[0].Error);
        Assert.Equal([10L], observer.Committed);
    }

    [Fact]
    public async Task TheLastOfARunIsWrittenWhenAStoreThatWasAwayIsBack()
    {
        var store = new MemoryStore();
        var refusals = 0;
        await using var run = new SmallRun(new TinyTask(), ranks: 2, epochs: 2);
        var observer = new CommittingObserver(store, Prefix, "sgd");
        await using var checkpoints = new SiloCheckpoints(run.Session, store, Prefix, observer) { RetryPause = TimeSpan.Zero };
        run.With((_, work) => work with { Checkpoints = checkpoints });
        store.BeforeWrite = _ => ++refusals <= 4 ? throw new ObjectStoreException("away", ObjectStoreError.Unavailable) : Task.CompletedTask;
        await run.Run();

        // The first was left to fail, since another follows; the last was tried again until it was there.
        Assert.Equal([5L], observer.Failures.Select(failure => failure.Step));
        Assert.Equal([10L, 10L, 10L], observer.Retries.Select(retry => retry.Step));
        Assert.Equal([10L], observer.Committed);
        Assert.Null(checkpoints.Writing);
    }

    [Fact]
    public async Task TheLastOfARunIsNotTriedForEverWhenItIsRefused()
    {
        var store = new MemoryStore { BeforeWrite = _ => throw new ObjectStoreException("no right", ObjectStoreError.AccessDenied) };
        await using var run = new SmallRun(new TinyTask(), ranks: 2, epochs: 1);
        var observer = new CommittingObserver(store, Prefix, "sgd");
        await using var checkpoints = new SiloCheckpoints(run.Session, store, Prefix, observer);
        run.With((_, work) => work with { Checkpoints = checkpoints });
        await run.Run();

        Assert.Equal([5L], observer.Failures.Select(failure => failure.Step));
        Assert.Empty(observer.Retries);
    }

    [Fact]
    public async Task OnRequestOneIsTakenAtOnce()
    {
        var store = new MemoryStore();
        RankControl? control = null;
        await using var run = new SmallRun(new TinyTask(), ranks: 2, epochs: 1, intercept: (_, step, rank, batch) =>
        {
            if ((step, rank) == (1, 1))
            {
                control!.RequestCheckpoint();
            }

            return batch;
        });
        control = run.Work[1].Control;
        var observer = new CommittingObserver(store, Prefix, "sgd");
        await using var checkpoints = new SiloCheckpoints(run.Session, store, Prefix, observer);
        run.With((_, work) => work with { Checkpoints = checkpoints });
        await run.Run();

        Assert.Equal([2L, 5L], observer.Committed);
    }

    [Theory]
    // steps done, agreed, end of epoch, end of run -> decision
    [InlineData(3, StepRequests.None, false, false, "None")]
    [InlineData(4, StepRequests.None, false, false, "Take")]
    [InlineData(4, StepRequests.Busy, false, false, "Skip")]
    [InlineData(5, StepRequests.None, true, false, "Take")]
    [InlineData(5, StepRequests.Busy, true, false, "Defer")]
    [InlineData(3, StepRequests.Checkpoint, false, false, "Take")]
    [InlineData(3, StepRequests.Checkpoint | StepRequests.Busy, false, false, "None")]
    [InlineData(3, StepRequests.Stop | StepRequests.Checkpoint | StepRequests.Busy, false, false, "WaitAndTake")]
    [InlineData(4, StepRequests.Stop, false, false, "None")]
    [InlineData(10, StepRequests.Busy, true, true, "WaitAndTake")]
    public void WhenOneIsDue(long stepsDone, StepRequests agreed, bool endOfEpoch, bool endOfRun, string expected)
    {
        var schedule = new CheckpointSchedule(everySteps: 4, TimeSpan.Zero, decidesOnTime: true, agrees: true);
        Assert.Equal(expected, schedule.After(stepsDone, agreed, endOfEpoch, endOfRun).ToString());
    }

    [Fact]
    public void RanksThatDoNotExchangeTakeThoseAtTheEndOfAnEpochOnly()
    {
        var schedule = new CheckpointSchedule(everySteps: 1, TimeSpan.FromTicks(1), decidesOnTime: true, agrees: false);
        Assert.Equal(CheckpointSchedule.Decision.None, schedule.After(4, StepRequests.None, endOfEpoch: false, endOfRun: false));
        Assert.Equal(CheckpointSchedule.Decision.WaitAndTake, schedule.After(5, StepRequests.Busy, endOfEpoch: true, endOfRun: false));
        Assert.Equal(CheckpointSchedule.Decision.WaitAndTake, schedule.After(10, StepRequests.Busy, endOfEpoch: true, endOfRun: true));
    }

    [Fact]
    public async Task RanksThatDoNotExchangeWriteThemWhereverTheOthersAre()
    {
        var store = new MemoryStore();
        using var ahead = new ManualResetEventSlim();
        await using var run = new SmallRun(
            new TinyTask(),
            ranks: 2,
            epochs: 3,
            openSessions: RealSession.Open(Momentum, [[0, 1]], mode: ExchangeMode.None),
            intercept: (epoch, step, rank, batch) =>
            {
                if ((epoch, step, rank) == (1, 4, 0))
                {
                    ahead.Set();
                }

                // The other rank is almost at the end of its second epoch before this one begins the first.
                Assert.True((epoch, step, rank) != (0, 0, 1) || ahead.Wait(TimeSpan.FromSeconds(30)));
                return batch;
            });
        var observer = new CommittingObserver(store, Prefix, "sgd");
        await using var checkpoints = new SiloCheckpoints(run.Session, store, Prefix, observer);
        run.With((_, work) => work with { Checkpoints = checkpoints });
        await run.Run();

        Assert.Equal([5L, 10L, 15L], observer.Committed);
        Assert.Empty(observer.Failures);
        var manifest = await new CheckpointReader(store, Prefix).ReadManifest(15);
        await using var resumed = new SmallRun(new TinyTask(), ranks: 2, openSessions: RealSession.Open(Momentum, [[0, 1]], firstStep: 15, ExchangeMode.None));
        await CheckpointRestore.RestoreSilo(new CheckpointReader(store, Prefix), manifest, resumed.Session);
        // Not always the bits at the end of the run: the rank that ends first copies some of the other's part, too.
        Assert.Equal(manifest.WeightsSha256, resumed.WeightsHash);
        Assert.Equal(15, resumed.Session.Shard.OptimizerSteps);
    }

    [Fact]
    public void AnEpochsEndStaysDueUntilItIsTaken()
    {
        var schedule = new CheckpointSchedule(everySteps: 0, TimeSpan.Zero, decidesOnTime: true, agrees: true);
        Assert.Equal(CheckpointSchedule.Decision.Defer, schedule.After(5, StepRequests.Busy, endOfEpoch: true, endOfRun: false));
        Assert.Equal(CheckpointSchedule.Decision.None, schedule.After(6, StepRequests.Busy, endOfEpoch: false, endOfRun: false));
        Assert.Equal(CheckpointSchedule.Decision.Take, schedule.After(7, StepRequests.None, endOfEpoch: false, endOfRun: false));
        schedule.Taken();
        Assert.Equal(CheckpointSchedule.Decision.None, schedule.After(8, StepRequests.None, endOfEpoch: false, endOfRun: false));
    }
}
