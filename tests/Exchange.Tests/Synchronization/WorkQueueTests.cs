using CsCheck;
using OrleansTrain.Exchange.Synchronization;

namespace OrleansTrain.Exchange.Tests.Synchronization;

public sealed class WorkQueueTests
{
    [Fact]
    public void EachItemIsTakenOnceByWhomever() =>
        Gen.Select(Gen.Int[0, 50], Gen.Int[1, 7], Gen.Int[0, 6].Array[200]).Sample((items, workers, order) =>
        {
            var queue = new WorkQueue(items, workers);
            for (var round = 0; round < 2; round++)
            {
                queue.Reset();
                var taken = new List<int>();
                foreach (var worker in order)
                {
                    if (queue.TryTake(worker % workers, out var item))
                    {
                        taken.Add(item);
                    }
                }

                Assert.Equal(Enumerable.Range(0, items), taken.Order());
            }
        });

    [Fact]
    public void AWorkerStartsWithItsOwnShare()
    {
        var queue = new WorkQueue(8, 2);

        Assert.True(queue.TryTake(1, out var first));
        Assert.True(queue.TryTake(0, out var second));

        Assert.Equal((4, 0), (first, second));
    }

    [Fact]
    public void AnItemIsInOneShareWhichItsOwnerStartsWith() =>
        Gen.Select(Gen.Int[1, 50], Gen.Int[1, 7]).Sample((items, workers) =>
        {
            var queue = new WorkQueue(items, workers);
            for (var worker = 0; worker < workers; worker++)
            {
                for (var left = Enumerable.Range(0, items).Count(item => queue.Owner(item) == worker); left > 0; left--)
                {
                    Assert.True(queue.TryTake(worker, out var item));
                    Assert.Equal(worker, queue.Owner(item));
                }
            }

            Assert.False(queue.TryTake(0, out _));
        });
}
