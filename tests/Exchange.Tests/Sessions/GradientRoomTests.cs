using System.Runtime.InteropServices;
using OrleansTrain.Exchange.Tests.Support;
using OrleansTrain.Training;
using OrleansTrain.Training.Native;
using TorchSharp;

namespace OrleansTrain.Exchange.Tests.Sessions;

/// <summary>Gradients that no other process reads have places of their own.</summary>
public sealed class GradientRoomTests
{
    /// <summary>Two large gradients of one size, one of another, and a small one.</summary>
    private static readonly ParameterLayout Layout = SyntheticModel.Layout([200, 100], [3], [20000], [129, 165]);

    [Theory]
    [InlineData(ExchangeMode.InProcess, 1)]
    [InlineData(ExchangeMode.Tcp, 2)]
    public async Task LargeGradientsLieInTheSamePlaceInEachStep(ExchangeMode mode, int silos)
    {
        await using var cluster = await Cluster.Start(mode, silos == 1 ? [[0, 1]] : [[0], [1]], Layout);
        var reference = new ReferenceExchange(Layout, 0.9f, 0.01f);
        SyntheticModel.InitialParameters(Layout).CopyTo(reference.Parameters, 0);
        var seen = new List<nint[][]>();

        for (var step = 0; step < 5; step++)
        {
            seen.Add(await Task.WhenAll(Enumerable.Range(0, 2).Select(rank => Step(cluster, silos == 1 ? 0 : rank, rank, step))));
            reference.Step([.. Enumerable.Range(0, 2).Select(rank => SyntheticModel.Gradients(Layout, rank, step))], 0.1);
        }

        Assert.All(seen, places => Assert.Equal(seen[0].SelectMany(Large), places.SelectMany(Large)));
        Assert.Equal(6, seen[0].SelectMany(Large).Distinct().Count());
        Assert.All(Enumerable.Range(0, silos), silo => Assert.Equal(reference.Parameters, cluster.Parameters(silo)));
    }

    [Fact]
    public async Task AGradientMayOutliveTheExchange()
    {
        var cluster = await Cluster.Start(ExchangeMode.InProcess, [[0]], Layout);
        var kept = await RankThread.Run(() =>
        {
            cluster.Sessions[0].Begin(0, 0, StepRequests.None);
            var gradient = torch.ones(20000);
            TensorArena.Leave();
            return gradient;
        });

        await cluster.DisposeAsync();

        Assert.Equal(20000, kept.sum().item<float>());
        kept.Dispose();
    }

    private static nint[] Large(nint[] places) => [places[0], places[2], places[3]];

    /// <summary>A step whose gradients are tensors made as autograd makes them, among others that come and go.</summary>
    /// <returns>Where they lie.</returns>
    private static Task<nint[]> Step(Cluster cluster, int silo, int rank, long step) => RankThread.Run(() =>
    {
        using var scope = torch.NewDisposeScope();
        var values = SyntheticModel.Gradients(Layout, rank, step);
        cluster.Sessions[silo].Begin(rank, step, StepRequests.None);
        var others = Enumerable.Range(0, (int)step + 1).Select(i => torch.ones(100_000 + (i * 1000))).ToList();
        var tensors = values.Select(Tensor).ToArray();
        others.ForEach(other => other.Dispose());
        var pointers = tensors.Select(HostPointer.Of).ToArray();
        cluster.Sessions[silo].Step(rank, pointers, step, 0.1, StepRequests.None);
        return pointers;
    });

    private static torch.Tensor Tensor(float[] values)
    {
        var tensor = torch.empty(values.Length);
        values.CopyTo(MemoryMarshal.Cast<byte, float>(tensor.bytes));
        return tensor;
    }
}
