using OrleansTrain.Exchange.Tests.Support;
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
        var settings = OptimizerStates.Settings(optimizer);
        await using var through = await Cluster.Start(ExchangeMode.InProcess, One, optimizer: settings);
        await Run(through, 0, 8);
        await using var before = await Cluster.Start(ExchangeMode.Tcp, Two, optimizer: settings);
        await Run(before, 0, 5);

        foreach (var placement in new[] { One, Three })
        {
            await using var after = Cluster.Open(ExchangeMode.Tcp, placement, optimizer: settings, change: plan => plan with { FirstStep = 5 });
            OptimizerStates.Restore(before, after);
            await after.Share();
            await Run(after, 5, 8);

            Assert.Equal(through.Parameters(0), after.Parameters(0));
            Assert.Equal(OptimizerStates.Of(through), OptimizerStates.Of(after));
        }
    }

    private static async Task Run(Cluster cluster, int first, int end)
    {
        for (var step = first; step < end; step++)
        {
            await cluster.Step(step);
        }
    }
}
