using OrleansTrain.Data;
using OrleansTrain.Exchange;
using OrleansTrain.Ranks.Tests.Doubles;
using OrleansTrain.Training;
using OrleansTrain.Training.Tracing;
using TorchSharp;
using static TorchSharp.torch;

namespace OrleansTrain.Ranks.Tests;

/// <summary>The loop of a rank, run as real ranks are: a thread each, one shared parameter buffer.</summary>
public sealed class RankLoopTests
{
    [Fact]
    public async Task TwoRanksGiveTheBitsOfOneSequentialReference()
    {
        await using var run = new SmallRun(new TinyTask(), ranks: 2);
        await run.Run();

        Assert.Equal(Reference(ranks: 2, epochs: 2, stepsPerEpoch: 5), run.WeightsHash);
    }

    [Fact]
    public async Task EachEpochIsReportedOnceWithTheMeanOverItsSamples()
    {
        await using var run = new SmallRun(new TinyTask(), ranks: 2);
        var results = await run.Run();

        Assert.All(results, result => Assert.Equal(new RankResult(10, Stopped: false, SkippedCheckpoints: 0), result));
        for (var rank = 0; rank < 2; rank++)
        {
            var epochs = run.Observer(rank).Epochs;
            Assert.Equal([0, 1], epochs.Select(epoch => epoch.Epoch));
            Assert.Equal([5L, 10L], epochs.Select(epoch => epoch.Step));
            Assert.All(epochs, epoch => Assert.Equal(5 * SmallRun.BatchSize, epoch.Sums.Samples));
            Assert.True(epochs[1].Sums.LossSum < epochs[0].Sums.LossSum);
            var progress = run.Work[rank].Progress.Read();
            Assert.Equal((10L, RankPhase.Done), (progress.Step, progress.Phase));
        }
    }

    [Fact]
    public async Task ALossThatIsNotFiniteEndsTheRunAndNamesTheBatch()
    {
        await using var run = new SmallRun(new TinyTask(), ranks: 2, intercept: (epoch, step, rank, batch) =>
        {
            if ((epoch, step, rank) == (1, 2, 1))
            {
                batch.Inputs.fill_(float.NaN);
            }

            return batch;
        });
        var ranks = run.Start();

        var failure = await Assert.ThrowsAsync<NonFiniteLossException>(() => ranks[1]);
        Assert.Equal((7L, 1, "epoch 1 step 2"), (failure.Step, failure.Rank, failure.Origin));
        await Assert.ThrowsAsync<PeerLostException>(() => ranks[0]);
    }

    [Fact]
    public async Task AnErrorOfTheTaskNamesStepAndRank()
    {
        await using var run = new SmallRun(new TinyTask(), ranks: 1, intercept: (epoch, step, _, batch) =>
            step == 3 ? new Batch(torch.zeros(8, 7).DetachFromDisposeScope(), batch.Targets, 8) { Origin = "seven columns" } : batch);

        var failure = await Assert.ThrowsAsync<TrainingStepException>(() => run.Start()[0]);
        Assert.Equal((3L, 0, "seven columns"), (failure.Step, failure.Rank, failure.Origin));
        Assert.NotNull(failure.InnerException);
        Assert.StartsWith("Task 'tiny' failed at step 3 on rank 0: mat1 and mat2 shapes", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);
    }

    [Fact]
    public async Task AskedByOneAllStopAfterTheSameStep()
    {
        RankControl? control = null;
        await using var run = new SmallRun(new TinyTask(), ranks: 3, epochs: 4, intercept: (epoch, step, rank, batch) =>
        {
            if ((epoch, step, rank) == (1, 1, 1))
            {
                control!.RequestStop(checkpoint: false);
            }

            return batch;
        });
        control = run.Work[1].Control;
        var results = await run.Run();

        Assert.All(results, result => Assert.Equal((7L, true), (result.Step, result.Stopped)));
    }

    [Fact]
    public async Task CancellationEndsARankWithoutWaitingForOthers()
    {
        using var cancellation = new CancellationTokenSource();
        await using var run = new SmallRun(new TinyTask(), ranks: 1, intercept: (_, step, _, batch) =>
        {
            if (step == 2)
            {
                cancellation.Cancel();
            }

            return batch;
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run.Start(cancellation.Token)[0]);
    }

    [Fact]
    public async Task StepsAreReportedAtTheirInterval()
    {
        await using var run = new SmallRun(new TinyTask(), ranks: 1);
        run.With((_, work) => work with { Options = work.Options with { LogEverySteps = 3 } });
        await run.Run();

        Assert.Equal([3L, 6L, 9L], run.Observer(0).Steps.Select(entry => entry.Step));
        Assert.All(run.Observer(0).Steps, entry => Assert.Equal(3 * SmallRun.BatchSize, entry.Sums.Samples));
    }

    [Fact]
    public async Task ValidationRunsAtItsEpochsAndLeavesTheWeightsAlone()
    {
        await using var plain = new SmallRun(new TinyTask(), ranks: 2, epochs: 3);
        await plain.Run();
        await using var run = new SmallRun(new TinyTask(), ranks: 2, epochs: 3);
        run.With((rank, work) => work with
        {
            Options = work.Options with { ValidateEvery = 2 },
            Validation = new ListSource(7, rank, 2, stepsPerEpoch: 3, batchSize: 4, TinyTask.Inputs, TinyTask.Classes),
        });
        await run.Run();

        Assert.Equal([false, true, false], run.Observer(1).Epochs.Select(epoch => epoch.Validation is not null));
        Assert.Equal(12, run.Observer(1).Epochs[1].Validation!.Values["loss"].Weight);
        Assert.Equal(plain.WeightsHash, run.WeightsHash);
    }

    [Fact]
    public async Task EveryBatchOfValidationShowsAsProgress()
    {
        var seen = new List<RankProgressSnapshot>();
        await using var run = new SmallRun(new TinyTask(), ranks: 1, epochs: 1);
        run.With((rank, work) => work with
        {
            Options = work.Options with { ValidateEvery = 1 },
            Validation = new ListSource(7, rank, 1, stepsPerEpoch: 3, batchSize: 4, TinyTask.Inputs, TinyTask.Classes)
            {
                Intercept = (_, _, batch) =>
                {
                    seen.Add(work.Progress.Read());
                    return batch;
                },
            },
        });
        await run.Run();

        Assert.Equal(3, seen.Count);
        Assert.All(seen, snapshot => Assert.Equal(RankPhase.Validating, snapshot.Phase));
        Assert.Equal(3, seen.Select(snapshot => snapshot.Timestamp).Distinct().Count());
    }

    [Fact]
    public async Task NativeTensorsDoNotPileUp()
    {
        var counts = new List<long>();
        await using var run = new SmallRun(new TinyTask(), ranks: 1, epochs: 1, stepsPerEpoch: 50, intercept: Count);
        await run.Run();

        Assert.Single(counts.Skip(1).Distinct());

        Batch Count(int epoch, long step, int rank, Batch batch)
        {
            counts.Add(DisposeScopeManager.Statistics.ThreadTotalLiveCount);
            return batch;
        }
    }

    [Fact]
    public async Task ARankPreparesItsNextBatchWhileItWaitsForAnother()
    {
        using var prepared = new ManualResetEventSlim();
        await using var run = TwoOfOneSilo(
            intercept: (epoch, step, rank, batch) =>
            {
                // Comes to this step only when the other, which waits for it, has found something else to do.
                Assert.True((epoch, step, rank) != (1, 2, 1) || prepared.Wait(TimeSpan.FromSeconds(30)));
                return batch;
            },
            preparing: rank =>
            {
                prepared.Set();
                return false;
            });

        await run.Run();
    }

    [Fact]
    public async Task ARankFreesTheTensorsOfItsStepBeforeItPreparesAnythingInAWait()
    {
        using var prepared = new ManualResetEventSlim();
        long withBatch = 0, inWait = 0;
        await using var run = TwoOfOneSilo(
            intercept: (epoch, step, rank, batch) =>
            {
                if ((epoch, step, rank) == (1, 2, 0))
                {
                    withBatch = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
                }

                Assert.True((epoch, step, rank) != (1, 2, 1) || prepared.Wait(TimeSpan.FromSeconds(30)));
                return batch;
            },
            preparing: rank =>
            {
                if (rank == 0 && withBatch != 0 && inWait == 0)
                {
                    inWait = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
                    prepared.Set();
                }

                return false;
            });

        await run.Run();

        // Inputs and targets are gone, and nothing that was made of them is left.
        Assert.InRange(inWait, 0, withBatch - 2);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task TheExchangeIsToldWhetherTheNextBatchIsStillToBeMade(bool behind)
    {
        await using var run = new SmallRun(new TinyTask(), ranks: 2, behind: rank => rank == 0 && behind);

        await run.Run();

        Assert.Equal(behind, ((BarrierSession)run.Session).IsDue!());
    }

    [Fact]
    public async Task ATraceShowsWhatIsPreparedInAWaitAsOnePart()
    {
        const int Pieces = 10;
        var left = 0;
        using var prepared = new ManualResetEventSlim();
        await using var run = TwoOfOneSilo(
            intercept: (epoch, step, rank, batch) =>
            {
                if ((epoch, step, rank) == (1, 2, 0))
                {
                    left = Pieces;
                }

                // The other rank waits for this one until it has prepared ten pieces.
                Assert.True((epoch, step, rank) != (1, 2, 1) || prepared.Wait(TimeSpan.FromSeconds(30)));
                return batch;
            },
            preparing: rank =>
            {
                if (rank != 0 || left == 0)
                {
                    return false;
                }

                if (--left == 0)
                {
                    prepared.Set();
                }

                return true;
            });
        run.With((_, work) => work with { Trace = new StepTrace(firstStep: 7, steps: 1, capacity: 100) });

        await run.Run();

        var events = run.Work[0].Trace!.Events.ToArray();
        var part = Assert.Single(events, item => item.Part == StepPart.Prepare);
        var wait = Assert.Single(events, item => item.Part == StepPart.Gather);
        Assert.InRange(part.Start, wait.Start, wait.Start + wait.Duration);
        Assert.InRange(part.Start + part.Duration, part.Start, wait.Start + wait.Duration);
    }

    /// <summary>Two ranks with the product's own exchange.</summary>
    private static SmallRun TwoOfOneSilo(Func<int, long, int, Batch, Batch> intercept, Func<int, bool> preparing) => new(
        new TinyTask(),
        ranks: 2,
        openSessions: RealSession.Open(new OptimizerSettings("sgd", 0.1, new Dictionary<string, double>()), [[0, 1]]),
        intercept: intercept,
        preparing: preparing);

    // The same arithmetic with nothing of ours but the task and the data: one model, ranks one after the other, torch's own operations.
    private static string Reference(int ranks, int epochs, long stepsPerEpoch)
    {
        var task = new TinyTask();
        using var scope = NewDisposeScope();
        using var random = new RankRandom(1, 0);
        var context = new TaskContext(0, ranks, 1, CPU, new Dictionary<string, string>(), random);
        using var replica = Training.Replicas.ModelReplica.Create(task, context);
        var parameters = replica.Model.parameters().ToArray();
        var velocity = parameters.Select(parameter => zeros_like(parameter)).ToArray();
        for (var epoch = 0; epoch < epochs; epoch++)
        {
            for (var step = 0L; step < stepsPerEpoch; step++)
            {
                var sums = parameters.Select(parameter => zeros_like(parameter)).ToArray();
                for (var rank = 0; rank < ranks; rank++)
                {
                    var source = new ListSource(1, rank, ranks, stepsPerEpoch, SmallRun.BatchSize, TinyTask.Inputs, TinyTask.Classes);
                    source.StartEpoch(epoch, step);
                    using var batch = source.Next(CancellationToken.None)!;
                    replica.Model.zero_grad();
                    task.Loss(replica.Model, batch, context).backward();
                    for (var i = 0; i < parameters.Length; i++)
                    {
                        sums[i].add_(parameters[i].grad!);
                    }
                }

                using var noGrad = no_grad();
                for (var i = 0; i < parameters.Length; i++)
                {
                    velocity[i].mul_(0.9f).add_(sums[i].div_(ranks));
                    parameters[i].sub_(velocity[i] * 0.1f);
                }
            }
        }

        return WeightsHash.Compute(replica.Model);
    }
}
