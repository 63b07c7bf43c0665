using System.Runtime.InteropServices;
using OrleansTrain.Exchange.Tests.Support;
using OrleansTrain.Training;

namespace OrleansTrain.Exchange.Tests.Sessions;

/// <summary>What must not grow with the model or with the number of ranks. Counts what the whole process allocates, so nothing may run beside it.</summary>
[Collection(nameof(ScaleTests)), CollectionDefinition(nameof(ScaleTests), DisableParallelization = true)]
public sealed class ScaleTests
{
    [Theory]
    [InlineData(ExchangeMode.Tcp)]
    [InlineData(ExchangeMode.SharedMemory)]
    [InlineData(ExchangeMode.Orleans)]
    [InlineData(ExchangeMode.InProcess)]
    public async Task NoPartOfTheModelIsOnTheManagedHeap(ExchangeMode mode)
    {
        // 48 MB of parameters, as many of gradients a rank: a copy of a tenth of either would show.
        var layout = SyntheticModel.Layout([3000, 4000], [4000]);
        int[][] placement = mode == ExchangeMode.InProcess ? [[0, 1]] : [[0], [1]];
        using var gradients = new NativeGradients(layout);
        // What earlier tests have left must not come due in here.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        var before = GC.GetTotalAllocatedBytes(precise: true);
        var collections = GC.CollectionCount(2);

        await using var cluster = Cluster.Open(mode, placement, layout, initialize: false);
        await cluster.Connect();
        await Task.WhenAll(cluster.Sessions.Select(session => session.BroadcastParameters(CancellationToken.None)));
        for (var step = 0; step < 3; step++)
        {
            await gradients.Step(cluster, step);
        }

        var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        Assert.InRange(allocated, 0, layout.Length * sizeof(float) / 10);
        Assert.Equal(collections, GC.CollectionCount(2));
    }

    [Theory]
    [InlineData(ExchangeMode.InProcess, 1)]
    [InlineData(ExchangeMode.Tcp, 4)]
    public async Task SixtyFourRanksStepAsTheReferenceDoes(ExchangeMode mode, int silos)
    {
        var placement = Enumerable.Range(0, 64).Chunk(64 / silos).ToArray();
        await using var cluster = await Cluster.Start(mode, placement);
        var reference = new ReferenceExchange(cluster.Layout, 0.9f, 0.01f);
        SyntheticModel.InitialParameters(cluster.Layout).CopyTo(reference.Parameters, 0);

        for (var step = 0; step < 3; step++)
        {
            await cluster.Step(step);
            reference.Step([.. Enumerable.Range(0, 64).Select(rank => SyntheticModel.Gradients(cluster.Layout, rank, step))], 0.1);
        }

        Assert.All(Enumerable.Range(0, silos), silo => Assert.Equal(reference.Parameters, cluster.Parameters(silo)));
    }

    /// <summary>One gradient outside the managed heap that all ranks bring.</summary>
    private sealed unsafe class NativeGradients(ParameterLayout layout) : IDisposable
    {
        private readonly nint[] _pointers = [.. layout.Slots.Select(slot => (nint)NativeMemory.AllocZeroed((nuint)slot.Length * sizeof(float)))];

        public Task<StepRequests[]> Step(Cluster cluster, long step) => Task.WhenAll(
            from silo in Enumerable.Range(0, cluster.Placement.Count)
            from rank in cluster.Placement[silo]
            select RankThread.Run(() => cluster.Sessions[silo].Step(rank, _pointers, step, 0.1, StepRequests.None)));

        public void Dispose() => Array.ForEach(_pointers, pointer => NativeMemory.Free((void*)pointer));
    }
}
