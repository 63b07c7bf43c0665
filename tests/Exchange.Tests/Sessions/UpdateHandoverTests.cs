using System.Runtime.InteropServices;
using OrleansTrain.Exchange.Tests.Support;
using OrleansTrain.Training;
using OrleansTrain.Training.Native;
using OrleansTrain.Training.Optimizers;
using TorchSharp;

namespace OrleansTrain.Exchange.Tests.Sessions;

/// <summary>Between silos that share memory: the rank that comes last, and has its next batch still to make, leaves a part of its update to the others.</summary>
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class UpdateHandoverTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    /// <summary>Whoever comes last has one of the large ones in its shard.</summary>
    private static readonly ParameterLayout Layout = SyntheticModel.Layout([200, 40], [3], [9000], [129, 65], [90, 90], []);

    public static TheoryData<string> Optimizers => [.. OptimizerCatalog.Names];

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task WhatIsLeftToOthersHasTheBitsOfTheReference(int silos)
    {
        await using var cluster = await Start(silos);
        var reference = new ReferenceExchange(Layout, 0.9f, 0.01f);
        SyntheticModel.InitialParameters(Layout).CopyTo(reference.Parameters, 0);

        for (var step = 0; step < 4 * silos; step++)
        {
            // Each in turn several times: what others updated in one step is its own again later.
            await Step(cluster, step, last: step / 2 % silos);
            reference.Step([.. Enumerable.Range(0, silos).Select(rank => SyntheticModel.Gradients(Layout, rank, step))], 0.1);

            Assert.All(Enumerable.Range(0, silos), silo => Assert.Equal(reference.Parameters, cluster.Parameters(silo)));
            Assert.All(Enumerable.Range(0, silos), silo => Assert.Equal(reference.Parameters, Floats(cluster.Sessions[silo].ParametersOf(silo))));
        }

        Assert.Equal(reference.Momentum, OptimizerStates.Of(cluster)["momentum_buffer"]);
        Assert.All(cluster.Sessions, session => Assert.NotEqual(0, session.Statistics.ElementsLeft));
    }

    [Theory]
    [MemberData(nameof(Optimizers))]
    public async Task EveryOptimizerGoesOnFromWhatOthersLeftInItsState(string name)
    {
        var optimizer = OptimizerStates.Settings(name);
        await using var alone = await Cluster.Start(ExchangeMode.InProcess, [[0, 1]], Layout, optimizer);
        await using var before = await Start(2, optimizer);
        for (var step = 0; step < 8; step++)
        {
            await alone.Step(step);
            if (step < 4)
            {
                await Step(before, step, last: step / 2);
            }
        }

        // From a checkpoint of silos that had left parts of their shards to each other, to silos that do.
        await using var after = Cluster.Open(ExchangeMode.SharedMemory, [[0], [1]], Layout, optimizer, plan => plan with { FirstStep = 4 });
        OptimizerStates.Restore(before, after);
        await after.Share();
        for (var step = 4; step < 8; step++)
        {
            await Step(after, step, last: step / 2 % 2);
        }

        Assert.Equal(alone.Parameters(0), after.Parameters(0));
        Assert.Equal(OptimizerStates.Of(alone), OptimizerStates.Of(after));
        Assert.All(before.Sessions.Concat(after.Sessions), session => Assert.NotEqual(0, session.Statistics.ElementsLeft));
    }

    [Fact]
    public async Task MoreIsLeftUntilTheRankIsReadyWithTheOthersAndThenLess()
    {
        await using var cluster = await Start(2);

        var (left, step) = (new List<long>(), 0);
        for (; step < 6; step++)
        {
            await Step(cluster, step, last: 1);
            left.Add(Left(step));
        }

        var most = left.Max();
        for (; step < 30; step++)
        {
            // One piece of work that is done when the others are: less would have been enough.
            await Step(cluster, step, last: 1, pieces: 1);
            left.Add(Left(step));
        }

        // Nothing at first, then steps upwards to the whole of what may be left, then down again.
        Assert.Equal(0, left[0]);
        Assert.Equal(left[..6].Order(), left[..6]);
        Assert.Equal(8192, most);
        Assert.Equal(most, left[6]);
        Assert.Equal(left[6..].OrderDescending(), left[6..]);
        Assert.Equal(0, left[^1]);

        long Left(int step)
        {
            var all = cluster.Sessions[1].Statistics.ElementsLeft;
            return all - left.Sum();
        }
    }

    [Fact]
    public async Task ARankWithNothingToDoLeavesNothing()
    {
        await using var cluster = await Start(2);

        for (var step = 0; step < 5; step++)
        {
            await Step(cluster, step, last: 1, pieces: 0);
        }

        Assert.All(cluster.Sessions, session => Assert.Equal(0, session.Statistics.ElementsLeft));
    }

    [Fact]
    public async Task AGradientThatOthersCannotReadWhereItIsIsNotLeftToThem()
    {
        await using var cluster = await Start(2);
        var reference = new ReferenceExchange(Layout, 0.9f, 0.01f);
        SyntheticModel.InitialParameters(Layout).CopyTo(reference.Parameters, 0);

        for (var step = 0; step < 5; step++)
        {
            await Step(cluster, step, last: 1, lent: false);
            reference.Step([.. Enumerable.Range(0, 2).Select(rank => SyntheticModel.Gradients(Layout, rank, step))], 0.1);
        }

        Assert.All(cluster.Sessions, session => Assert.Equal(0, session.Statistics.ElementsLeft));
        Assert.All(Enumerable.Range(0, 2), silo => Assert.Equal(reference.Parameters, cluster.Parameters(silo)));
    }

    [Fact]
    public async Task AfterTheEndTheStateSaysThatItIsGone()
    {
        var cluster = await Start(2);
        await Step(cluster, 0, last: 1);
        var shard = cluster.Sessions[0].Shard;

        await cluster.DisposeAsync();

        Assert.Throws<ObjectDisposedException>(() => shard.Read("momentum_buffer", 0, new float[1]));
    }

    private static Task<Cluster> Start(int silos, OptimizerSettings? optimizer = null) =>
        Cluster.Start(ExchangeMode.SharedMemory, [.. Enumerable.Range(0, silos).Select(rank => new[] { rank })], Layout, optimizer);

    /// <summary>A step to which one rank comes when all others wait for it.</summary>
    /// <param name="pieces">Of work that it has to do then; null: more than there is time for.</param>
    /// <param name="lent">Whether its gradients lie where the other silos can read them.</param>
    private static async Task Step(Cluster cluster, long step, int last, int? pieces = null, bool lent = true)
    {
        using var others = new CountdownEvent(cluster.WorldSize - 1);
        using var lastWaits = new ManualResetEventSlim();
        var waiting = Enumerable.Range(0, cluster.WorldSize).Where(rank => rank != last).Select(rank =>
        {
            var isThere = false;
            return Step(cluster, rank, step, lent: true, isDue: () => false, meanwhile: () =>
            {
                if (!isThere)
                {
                    isThere = true;
                    others.Signal();
                    Assert.True(lastWaits.Wait(Limit));
                }

                return false;
            });
        }).ToList();
        Assert.True(others.Wait(Limit));
        var left = pieces;
        var comes = Step(cluster, last, step, lent, isDue: () => left != 0, meanwhile: () =>
        {
            lastWaits.Set();
            return left is null || (left > 0 && left-- > 0);
        });
        await Task.WhenAll([comes, .. waiting]).WaitAsync(Limit);
    }

    private static Task<StepRequests> Step(Cluster cluster, int rank, long step, bool lent, Func<bool> isDue, Func<bool> meanwhile) => RankThread.Run(() =>
    {
        using var scope = torch.NewDisposeScope();
        if (lent)
        {
            cluster.Sessions[rank].Begin(rank, step, StepRequests.None);
        }

        var tensors = SyntheticModel.Gradients(Layout, rank, step).Select(values =>
        {
            var tensor = torch.empty(values.Length);
            values.CopyTo(MemoryMarshal.Cast<byte, float>(tensor.bytes));
            return tensor;
        }).ToArray();
        var pointers = tensors.Select(HostPointer.Of).ToArray();
        return cluster.Sessions[rank].Step(rank, pointers, step, 0.1, StepRequests.None, meanwhile, isDue);
    });

    private static float[] Floats(torch.Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.bytes).ToArray();
}
