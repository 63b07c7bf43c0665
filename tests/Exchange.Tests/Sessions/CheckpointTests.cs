using System.Runtime.InteropServices;
using OrleansTrain.Exchange.Tests.Support;
using OrleansTrain.Training;
using OrleansTrain.Training.Optimizers;

namespace OrleansTrain.Exchange.Tests.Sessions;

/// <summary>What a checkpoint takes from one placement goes into another: training continues with the same bits.</summary>
public sealed class CheckpointTests
{
    private static readonly int[][] One = [[0, 1, 2]];

    private static readonly int[][] Two = [[0, 1], [2]];

    private static readonly int[][] Three = [[2], [0], [1]];

    public static TheoryData<string> Optimizers => [.. OptimizerCatalog.Names];

    [Theory]
    [MemberData(nameof(Optimizers))]
    public async Task TrainingContinuesOnAnotherNumberOfSilos(string optimizer)
    {
        var settings = Settings(optimizer);
        await using var through = await Cluster.Start(ExchangeMode.InProcess, One, optimizer: settings);
        await Run(through, 0, 8);
        await using var before = await Cluster.Start(ExchangeMode.Tcp, Two, optimizer: settings);
        await Run(before, 0, 5);

        foreach (var placement in new[] { One, Three })
        {
            await using var after = Cluster.Open(ExchangeMode.Tcp, placement, optimizer: settings, change: plan => plan with { FirstStep = 5 });
            Restore(before, after);
            await after.Share();
            await Run(after, 5, 8);

            Assert.Equal(through.Parameters(0), after.Parameters(0));
            Assert.Equal(State(through), State(after));
        }
    }

    private static OptimizerSettings Settings(string name)
    {
        var values = OptimizerCatalog.Defaults(name).Where(pair => pair.Key is "momentum" or "amsgrad" or "centered").ToDictionary(
            pair => pair.Key, pair => pair.Key == "momentum" ? 0.9 : 1);
        return new OptimizerSettings(name, 0.1, values);
    }

    private static async Task Run(Cluster cluster, int first, int end)
    {
        for (var step = first; step < end; step++)
        {
            await cluster.Step(step);
        }
    }

    private static void Restore(Cluster from, Cluster to)
    {
        foreach (var silo in to.Sessions)
        {
            from.Parameters(0).CopyTo(MemoryMarshal.Cast<byte, float>(silo.Parameters.bytes));
        }

        foreach (var (name, values) in State(from))
        {
            foreach (var session in to.Sessions)
            {
                session.Shard.Write(name, 0, values.AsSpan((int)session.Shard.Start, (int)session.Shard.Length));
            }
        }

        to.Sessions.ForEach(session => session.Shard.SetOptimizerSteps(from.Sessions[0].Shard.OptimizerSteps));
    }

    private static SortedDictionary<string, float[]> State(Cluster cluster)
    {
        var state = new SortedDictionary<string, float[]>(StringComparer.Ordinal);
        foreach (var name in cluster.Sessions[0].Shard.Names)
        {
            var values = state[name] = new float[cluster.Layout.Length];
            foreach (var session in cluster.Sessions)
            {
                session.Shard.Read(name, 0, values.AsSpan((int)session.Shard.Start, (int)session.Shard.Length));
            }
        }

        return state;
    }
}
