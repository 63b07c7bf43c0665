using OrleansTrain.Exchange.Tests.Support;

namespace OrleansTrain.Exchange.Tests.Sessions;

public sealed class InProcessTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(8)]
    public async Task StepsGiveTheBitsOfTheReference(int ranks)
    {
        await using var cluster = await Cluster.Start(ExchangeMode.InProcess, [[.. Enumerable.Range(0, ranks)]]);
        var reference = new ReferenceExchange(cluster.Layout, 0.9f, 0.01f);
        SyntheticModel.InitialParameters(cluster.Layout).CopyTo(reference.Parameters, 0);

        for (var step = 0; step < 5; step++)
        {
            await cluster.Step(step);
            reference.Step([.. Enumerable.Range(0, ranks).Select(rank => SyntheticModel.Gradients(cluster.Layout, rank, step))], 0.1);

            Assert.Equal(reference.Parameters, cluster.Parameters(0));
        }

        var momentum = new float[cluster.Layout.Length];
        cluster.Sessions[0].Shard.Read("momentum_buffer", 0, momentum);
        Assert.Equal(reference.Momentum, momentum);
        Assert.Equal(5, cluster.Sessions[0].Shard.OptimizerSteps);
        Assert.Equal(5, cluster.Sessions[0].Statistics.Steps);
    }

    [Fact]
    public async Task SixtyFourRanksOfATinyModelStepCorrectly()
    {
        var layout = SyntheticModel.Layout([5, 2], [2]);
        await using var cluster = await Cluster.Start(ExchangeMode.InProcess, [[.. Enumerable.Range(0, 64)]], layout);
        var reference = new ReferenceExchange(layout, 0.9f, 0.01f);
        SyntheticModel.InitialParameters(layout).CopyTo(reference.Parameters, 0);

        for (var step = 0; step < 20; step++)
        {
            await cluster.Step(step);
            reference.Step([.. Enumerable.Range(0, 64).Select(rank => SyntheticModel.Gradients(layout, rank, step))], 0.1);
        }

        Assert.Equal(reference.Parameters, cluster.Parameters(0));
    }

    [Fact]
    public async Task WhatOneRankAsksForAllAreTold()
    {
        await using var cluster = await Cluster.Start(ExchangeMode.InProcess, [[0, 1, 2]]);

        var first = await cluster.Step(0, rank => rank == 1 ? StepRequests.Checkpoint : StepRequests.None);
        var second = await cluster.Step(1, rank => rank == 2 ? StepRequests.Stop : StepRequests.None);
        var third = await cluster.Step(2);

        Assert.All(first, told => Assert.Equal(StepRequests.Checkpoint, told));
        Assert.All(second, told => Assert.Equal(StepRequests.Stop, told));
        Assert.All(third, told => Assert.Equal(StepRequests.None, told));
    }

    [Fact]
    public async Task TheSteadyStateAllocatesNothing()
    {
        await using var cluster = await Cluster.Start(ExchangeMode.InProcess, [[0, 1]]);
        var gradients = SyntheticModel.Gradients(cluster.Layout, 0, 0);

        var allocated = await Task.WhenAll(Enumerable.Range(0, 2).Select(rank => RankThread.Run(() => AllocatedBySteps(cluster.Sessions[0], rank, gradients))));

        Assert.All(allocated, bytes => Assert.Equal(0, bytes));
    }

    private static unsafe long AllocatedBySteps(IExchangeSession session, int rank, float[][] gradients)
    {
        var pins = gradients.Select(gradient => System.Runtime.InteropServices.GCHandle.Alloc(gradient, System.Runtime.InteropServices.GCHandleType.Pinned)).ToArray();
        var pointers = pins.Select(pin => pin.AddrOfPinnedObject()).ToArray();
        long before = 0;
        for (var step = 0; step < 60; step++)
        {
            if (step == 10)
            {
                before = GC.GetAllocatedBytesForCurrentThread();
            }

            session.Step(rank, pointers, step, 0.1, StepRequests.None);
        }

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Array.ForEach(pins, pin => pin.Free());
        return allocated;
    }
}
