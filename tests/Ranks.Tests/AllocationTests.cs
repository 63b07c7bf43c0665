using OrleansTrain.Ranks.Tests.Doubles;
using OrleansTrain.Training;

namespace OrleansTrain.Ranks.Tests;

/// <summary>What a step of the real loop with the real exchange leaves to the garbage collector. Nothing may run beside it.</summary>
[Collection(nameof(AllocationTests)), CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
public class AllocationTests
{
    private const long Steps = 250;
    private const long WarmUp = 50;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_step_allocates_less_than_64_KB_and_gradients_cause_no_full_collection(bool twoSilos)
    {
        var marks = new long[2];
        var collections = new int[2];
        Data.Batch Mark(int epoch, long step, int rank, Data.Batch batch)
        {
            if (rank == 0 && step is WarmUp or Steps - 1)
            {
                var mark = step == WarmUp ? 0 : 1;
                if (mark == 0)
                {
                    // What the start has left must not come due between the marks.
                    GC.Collect();
                }

                (marks[mark], collections[mark]) = (GC.GetTotalAllocatedBytes(precise: true), GC.CollectionCount(2));
            }

            return batch;
        }

        int[][] placement = twoSilos ? [[0], [1]] : [[0, 1]];
        await using var run = new SmallRun(
            new TinyTask(),
            ranks: 2,
            epochs: 1,
            stepsPerEpoch: Steps,
            openSessions: RealSession.Open(new OptimizerSettings("adam", 0.01, new Dictionary<string, double>()), placement),
            intercept: Mark);
        run.With((_, work) => work with { Trace = new Training.Tracing.StepTrace(WarmUp, 100, 1 << 12) });

        await run.Run();

        // Both ranks together, their source of random batches included.
        Assert.InRange((marks[1] - marks[0]) / (Steps - 1 - WarmUp), 0, 64 * 1024);
        Assert.Equal(collections[0], collections[1]);
        Assert.All(run.Work, work => Assert.Equal(0, work.Trace!.Dropped));
    }
}
