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

    private static Task<StepRequests> Step(Cluster cluster, int silo, Func<bool>? meanwhile, int rank = 0) => RankThread.Run(() =>
    {
        using var pinned = new PinnedGradients(SyntheticModel.Gradients(cluster.Layout, rank, 0));
        return cluster.Sessions[silo].Step(rank, pinned.Pointers, 0, 0.1, StepRequests.None, meanwhile);
    });
}
