using OrleansTrain.Exchange.Tests.Support;

namespace OrleansTrain.Exchange.Tests.Sessions;

/// <summary>Invariant 1: wherever the ranks are and however the bytes travel, the parameters and the optimizer's state have the same bits.</summary>
public sealed class PlacementTests
{
    public static TheoryData<ExchangeMode, string> Placements
    {
        get
        {
            var data = new TheoryData<ExchangeMode, string>();
            foreach (var mode in new[] { ExchangeMode.Tcp, ExchangeMode.SharedMemory, ExchangeMode.Orleans })
            {
                foreach (var placement in new[] { "0|1", "1|0", "0,1|2", "0|1,2", "0,1|2,3", "0,2|1,3", "0|1|2", "0,1,2|3|4,5", "0|1|2|3", "0,1|2,3|4,5|6,7", "3,4|0,1,2,5" })
                {
                    data.Add(mode, placement);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Placements))]
    public async Task EveryPlacementGivesTheBitsOfTheReference(ExchangeMode mode, string placement)
    {
        await using var cluster = await Cluster.Start(mode, Parse(placement));
        var reference = new ReferenceExchange(cluster.Layout, 0.9f, 0.01f);
        SyntheticModel.InitialParameters(cluster.Layout).CopyTo(reference.Parameters, 0);

        for (var step = 0; step < 4; step++)
        {
            await cluster.Step(step);
            reference.Step([.. Enumerable.Range(0, cluster.WorldSize).Select(rank => SyntheticModel.Gradients(cluster.Layout, rank, step))], 0.1);

            Assert.All(Enumerable.Range(0, cluster.Placement.Count), silo => Assert.Equal(reference.Parameters, cluster.Parameters(silo)));
        }

        Assert.Equal(reference.Momentum, Momentum(cluster));
    }

    [Theory]
    [InlineData(ExchangeMode.Tcp)]
    [InlineData(ExchangeMode.SharedMemory)]
    [InlineData(ExchangeMode.Orleans)]
    public async Task MoreSilosThanUnitsOfParametersStillStep(ExchangeMode mode)
    {
        var layout = SyntheticModel.Layout([3], [2]);
        await using var cluster = await Cluster.Start(mode, Parse("0|1|2|3"), layout);
        var reference = new ReferenceExchange(layout, 0.9f, 0.01f);
        SyntheticModel.InitialParameters(layout).CopyTo(reference.Parameters, 0);

        for (var step = 0; step < 10; step++)
        {
            await cluster.Step(step);
            reference.Step([.. Enumerable.Range(0, 4).Select(rank => SyntheticModel.Gradients(layout, rank, step))], 0.1);
        }

        Assert.All(Enumerable.Range(0, 4), silo => Assert.Equal(reference.Parameters, cluster.Parameters(silo)));
    }

    [Theory]
    [InlineData(ExchangeMode.Tcp)]
    [InlineData(ExchangeMode.SharedMemory)]
    [InlineData(ExchangeMode.Orleans)]
    public async Task WhatOneRankAsksForAllSilosAreTold(ExchangeMode mode)
    {
        await using var cluster = await Cluster.Start(mode, Parse("0,1|2|3"));

        var first = await cluster.Step(0, rank => rank == 2 ? StepRequests.Checkpoint : StepRequests.None);
        var second = await cluster.Step(1, rank => rank == 1 ? StepRequests.Stop : rank == 3 ? StepRequests.Checkpoint : StepRequests.None);
        var third = await cluster.Step(2);

        Assert.All(first, told => Assert.Equal(StepRequests.Checkpoint, told));
        Assert.All(second, told => Assert.Equal(StepRequests.Checkpoint | StepRequests.Stop, told));
        Assert.All(third, told => Assert.Equal(StepRequests.None, told));
    }

    [Theory]
    [InlineData(ExchangeMode.Tcp, "0|1")]
    [InlineData(ExchangeMode.Tcp, "0,1|2,3")]
    [InlineData(ExchangeMode.Tcp, "0|1|2")]
    [InlineData(ExchangeMode.Tcp, "0|1|2|3")]
    [InlineData(ExchangeMode.Orleans, "0,1|2,3")]
    [InlineData(ExchangeMode.Orleans, "0|1|2")]
    public async Task BytesThroughASiloAreThoseOfARing(ExchangeMode mode, string placement)
    {
        await using var cluster = await Cluster.Start(mode, Parse(placement), SyntheticModel.Layout([300, 1000]));
        var before = cluster.Sessions.Select(session => session.Statistics).ToList();

        await cluster.Step(0);

        var silos = cluster.Placement.Count;
        var limit = 2.0 * (silos - 1) / silos * cluster.Layout.Length * sizeof(float) * 1.05;
        Assert.All(cluster.Sessions.Zip(before), pair =>
        {
            Assert.InRange(pair.First.Statistics.BytesSent - pair.Second.BytesSent, limit / 1.06, limit);
            Assert.InRange(pair.First.Statistics.BytesReceived - pair.Second.BytesReceived, limit / 1.06, limit);
        });
    }

    private static int[][] Parse(string placement) => [.. placement.Split('|').Select(silo => silo.Split(',').Select(int.Parse).ToArray())];

    private static float[] Momentum(Cluster cluster)
    {
        var momentum = new float[cluster.Layout.Length];
        foreach (var session in cluster.Sessions)
        {
            session.Shard.Read("momentum_buffer", 0, momentum.AsSpan((int)session.Shard.Start, (int)session.Shard.Length));
        }

        return momentum;
    }
}
