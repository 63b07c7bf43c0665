using System.Runtime.InteropServices;
using OrleansTrain.Exchange.SharedMemory;
using OrleansTrain.Exchange.Tests.Support;
using OrleansTrain.Training;
using OrleansTrain.Training.Native;
using OrleansTrain.Training.Optimizers;
using TorchSharp;

namespace OrleansTrain.Exchange.Tests.SharedMemory;

[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class LentGradientsTests
{
    /// <summary>Two large gradients of one size, one of another, and small ones.</summary>
    private static readonly ParameterLayout Layout = SyntheticModel.Layout([200, 40], [3], [8000], [129, 65], []);

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task GradientsThatTorchMakesAreReadWhereTheyAre(int silos)
    {
        // Also what the last one of two may leave to the other, and what no other silo reads otherwise: the fourth.
        bool[] expected = [true, false, true, true, false];
        await using var cluster = await Start([.. Enumerable.Range(0, silos).Select(rank => new[] { rank })]);
        var reference = Reference();

        for (var step = 0; step < 3; step++)
        {
            var shared = await Task.WhenAll(Enumerable.Range(0, silos).Select(rank => Step(cluster, rank, rank, step, copied: null)));
            reference.Step([.. Enumerable.Range(0, silos).Select(rank => SyntheticModel.Gradients(Layout, rank, step))], 0.1);

            Assert.All(shared, lent => Assert.Equal(expected, lent));
        }

        Assert.All(Enumerable.Range(0, silos), silo => Assert.Equal(reference.Parameters, cluster.Parameters(silo)));
    }

    [Fact]
    public async Task WhatTheOtherSiloReadsIsTheGradientAndNoCopyOfIt()
    {
        await using var cluster = await Start([[0], [1]]);
        var reference = Reference();
        var gradients = SyntheticModel.Gradients(Layout, 0, 0);
        var made = new TaskCompletionSource<torch.Tensor[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        var first = RankThread.Run(() =>
        {
            using var scope = torch.NewDisposeScope();
            cluster.Sessions[0].Begin(0, 0, StepRequests.None);
            var tensors = gradients.Select(Tensor).ToArray();
            made.SetResult(tensors);
            return cluster.Sessions[0].Step(0, tensors.Select(HostPointer.Of).ToArray(), 0, 0.1, StepRequests.None);
        });
        var tensors = await made.Task;
        var shared = Layout.Length - (Layout.Length / ParameterLayout.Alignment / 2 * ParameterLayout.Alignment);
        Assert.True(SpinWait.SpinUntil(() => cluster.Sessions[0].Statistics.BytesSent == shared * sizeof(float), TimeSpan.FromSeconds(30)));

        // All has been given to the other silo, which waits for its own rank: what it will read can still be changed.
        foreach (var slot in new[] { 0, 2, 3 })
        {
            Array.Fill(gradients[slot], 0.5f);
            gradients[slot].CopyTo(MemoryMarshal.Cast<byte, float>(tensors[slot].bytes));
        }

        await Step(cluster, 1, 1, 0, copied: null);
        await first;

        reference.Step([gradients, SyntheticModel.Gradients(Layout, 1, 0)], 0.1);
        Assert.All(Enumerable.Range(0, 2), silo => Assert.Equal(reference.Parameters, cluster.Parameters(silo)));
    }

    [Fact]
    public async Task OneThatLiesElsewhereIsCopied()
    {
        await using var cluster = await Start([[0], [1]]);
        var reference = Reference();

        for (var step = 0; step < 5; step++)
        {
            // Another one each step: what was lent before must not be read again.
            var copied = step;
            await Task.WhenAll(Enumerable.Range(0, 2).Select(rank => Step(cluster, rank, rank, step, copied)));
            reference.Step([.. Enumerable.Range(0, 2).Select(rank => SyntheticModel.Gradients(Layout, rank, step))], 0.1);
        }

        Assert.All(Enumerable.Range(0, 2), silo => Assert.Equal(reference.Parameters, cluster.Parameters(silo)));
    }

    [Fact]
    public async Task RanksThatAreAddedUpFirstKeepTheirGradientsToThemselves()
    {
        await using var cluster = await Start([[0, 1], [2]]);
        var reference = Reference();

        var shared = await Task.WhenAll(
            Step(cluster, 0, 0, 0, copied: null), Step(cluster, 0, 1, 0, copied: null), Step(cluster, 1, 2, 0, copied: null));
        reference.Step([.. Enumerable.Range(0, 3).Select(rank => SyntheticModel.Gradients(Layout, rank, 0))], 0.1);

        Assert.DoesNotContain(true, shared[0].Concat(shared[1]));
        Assert.Contains(true, shared[2]);
        Assert.All(Enumerable.Range(0, 2), silo => Assert.Equal(reference.Parameters, cluster.Parameters(silo)));
    }

    [Fact]
    public async Task AGradientMayOutliveTheExchange()
    {
        var cluster = await Start([[0], [1]]);
        var kept = await RankThread.Run(() =>
        {
            cluster.Sessions[0].Begin(0, 0, StepRequests.None);
            var gradient = torch.ones(200, 40);
            TensorArena.Leave();
            return gradient;
        });
        Assert.True(IsShared(HostPointer.Of(kept)));

        await cluster.DisposeAsync();

        Assert.Equal(8000, kept.sum().item<float>());
        kept.Dispose();
    }

    [Fact]
    public async Task WhereMemoryIsShortThereIsNoRoomForGradients()
    {
        await using var cluster = await Start([[0], [1]]);
        var plan = cluster.Sessions[0].Plan;
        using var parameters = Exchange.Sessions.ParameterBuffer.AllocatePages(plan.Layout.Length);
        using var optimizer = OptimizerCatalog.Create(plan.Optimizer, plan.Layout.Length);
        using var group = new HostGroup(new(plan), [0, 1], parameters, optimizer, new(), default);

        Assert.Equal(group.Layout.Size, group.SizeFor(2 * group.Layout.Size));
        Assert.Equal(group.Layout.SizeWithoutGradients, group.SizeFor((2 * group.Layout.Size) - 2));
        Assert.True(group.Layout.Size > group.Layout.SizeWithoutGradients);
    }

    private static Task<Cluster> Start(int[][] placement) => Cluster.Start(ExchangeMode.SharedMemory, placement, Layout);

    private static ReferenceExchange Reference()
    {
        var reference = new ReferenceExchange(Layout, 0.9f, 0.01f);
        SyntheticModel.InitialParameters(Layout).CopyTo(reference.Parameters, 0);
        return reference;
    }

    /// <summary>A step whose gradients are tensors made as autograd makes them; says which of them lie in shared memory.</summary>
    /// <param name="copied">The one that is made beforehand.</param>
    private static Task<bool[]> Step(Cluster cluster, int silo, int rank, long step, int? copied) => RankThread.Run(() =>
    {
        using var scope = torch.NewDisposeScope();
        var values = SyntheticModel.Gradients(Layout, rank, step);
        var tensors = new torch.Tensor[values.Length];
        if (copied is { } index)
        {
            tensors[index] = Tensor(values[index]);
        }

        cluster.Sessions[silo].Begin(rank, step, StepRequests.None);
        for (var slot = 0; slot < values.Length; slot++)
        {
            tensors[slot] ??= Tensor(values[slot]);
        }

        var pointers = tensors.Select(HostPointer.Of).ToArray();
        cluster.Sessions[silo].Step(rank, pointers, step, 0.1, StepRequests.None);
        return pointers.Select(IsShared).ToArray();
    });

    private static torch.Tensor Tensor(float[] values)
    {
        var tensor = torch.empty(values.Length);
        values.CopyTo(MemoryMarshal.Cast<byte, float>(tensor.bytes));
        return tensor;
    }

    private static bool IsShared(nint address) =>
        MemoryMap.FileAt(address).StartsWith($"{SharedSegment.Folder}/orleanstrain-", StringComparison.Ordinal);
}
