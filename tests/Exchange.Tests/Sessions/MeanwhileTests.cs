using OrleansTrain.Exchange.Tests.Support;

namespace OrleansTrain.Exchange.Tests.Sessions;

/// <summary>What a rank does while it can only wait for others.</summary>
public sealed class MeanwhileTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    public static TheoryData<ExchangeMode, bool> Paths => new()
    {
        { ExchangeMode.InProcess, true },
        { ExchangeMode.SharedMemory, false },
        { ExchangeMode.Tcp, false },
        { ExchangeMode.Orleans, false },
    };

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task ARankThatWaitsForAnotherIsAskedForMoreUntilNothingIsLeft(ExchangeMode mode, bool oneSilo)
    {
        await using var cluster = await Cluster.Start(mode, oneSilo ? [[0, 1]] : [[0], [1]]);
        using var nothingLeft = new ManualResetEventSlim();
        var pieces = 3;

        var first = Step(cluster, 0, () =>
        {
            if (pieces == 0)
            {
                nothingLeft.Set();
                return false;
            }

            pieces--;
            return true;
        });
        Assert.True(nothingLeft.Wait(Limit));
        var second = Step(cluster, oneSilo ? 0 : 1, null, rank: 1);

        await Task.WhenAll(first, second).WaitAsync(Limit);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task WhatIsWaitedForIsNoticedBetweenTwoPieces(ExchangeMode mode, bool oneSilo)
    {
        await using var cluster = await Cluster.Start(mode, oneSilo ? [[0, 1]] : [[0], [1]]);
        using var asked = new ManualResetEventSlim();

        // There is always more to do: only the other rank can end this.
        var first = Step(cluster, 0, () =>
        {
            asked.Set();
            return true;
        });
        Assert.True(asked.Wait(Limit));
        Assert.False(first.IsCompleted);
        var second = Step(cluster, oneSilo ? 0 : 1, null, rank: 1);

        await Task.WhenAll(first, second).WaitAsync(Limit);
    }

    [Fact]
    public async Task TheLastRankWhoNeverWaitsIsAskedBeforeItHelpsWithTheUpdate()
    {
        await using var cluster = await Cluster.Start(ExchangeMode.InProcess, [[0, 1]]);
        using var waits = new ManualResetEventSlim();
        using var updates = new ManualResetEventSlim();
        var pieces = 3;

        // Is kept from updating anything until the last rank is done: that one finds no moment to wait in.
        var first = Step(cluster, 0, () =>
        {
            waits.Set();
            Assert.True(updates.Wait(Limit));
            return false;
        });
        Assert.True(waits.Wait(Limit));
        var last = Step(cluster, 0, () => pieces-- > 0, rank: 1);
        await last.WaitAsync(Limit);
        updates.Set();

        await first.WaitAsync(Limit);
        Assert.Equal(-1, pieces);
    }

    [Fact]
    public async Task TheLastRankGoesOnWhenOthersHaveUpdatedAll()
    {
        await using var cluster = await Cluster.Start(ExchangeMode.InProcess, [[0, 1]]);
        using var waits = new ManualResetEventSlim();

        var first = Step(cluster, 0, () =>
        {
            waits.Set();
            return false;
        });
        Assert.True(waits.Wait(Limit));

        // There is always more to do: only the other rank's update can end this.
        var last = Step(cluster, 0, () => true, rank: 1);

        await Task.WhenAll(first, last).WaitAsync(Limit);
    }

    [Fact]
    public async Task TheLastRankDoesNothingFirstThatItsNextStepDoesNotBeginWith()
    {
        await using var cluster = await Cluster.Start(ExchangeMode.InProcess, [[0, 1]]);
        using var waits = new ManualResetEventSlim();
        using var updates = new ManualResetEventSlim();
        var pieces = 0;

        // Is kept from updating anything until the last rank is done: that one finds no moment to wait in.
        var first = Step(cluster, 0, () =>
        {
            waits.Set();
            Assert.True(updates.Wait(Limit));
            return false;
        });
        Assert.True(waits.Wait(Limit));
        var last = Step(cluster, 0, () => ++pieces > 0, rank: 1, isDue: () => pieces < 3);
        await last.WaitAsync(Limit);
        updates.Set();

        await first.WaitAsync(Limit);
        Assert.Equal(3, pieces);
    }

    private static Task<StepRequests> Step(Cluster cluster, int silo, Func<bool>? meanwhile, int rank = 0, Func<bool>? isDue = null) => RankThread.Run(() =>
    {
        using var pinned = new PinnedGradients(SyntheticModel.Gradients(cluster.Layout, rank, 0));
        return cluster.Sessions[silo].Step(rank, pinned.Pointers, 0, 0.1, StepRequests.None, meanwhile, isDue);
    });
}
