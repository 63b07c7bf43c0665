using OrleansTrain.Training.Replicas;
using static TorchSharp.torch;

namespace OrleansTrain.Training.Tests.Replicas;

/// <summary>
/// Models that draw from libtorch's process-wide generator, with ranks on several threads. Runs alone: other tests draw from it as they like.
/// </summary>
[CollectionDefinition(nameof(GlobalDrawsTests), DisableParallelization = true)]
[Collection(nameof(GlobalDrawsTests))]
public sealed class GlobalDrawsTests
{
    private const int Steps = 20;

    [Fact]
    public async Task ConcurrentRanksDrawWhatEachWouldAlone()
    {
        var alone = new[] { Losses(rank: 0), Losses(rank: 1) };
        using var start = new Barrier(2);
        var together = await Task.WhenAll(Enumerable.Range(0, 2).Select(rank => Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait();
                return Losses(rank);
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));

        Assert.Equal(alone[0], together[0]);
        Assert.Equal(alone[1], together[1]);
        Assert.NotEqual(alone[0], alone[1]);
        Assert.Equal(Steps, alone[0].Distinct().Count());
    }

    [Fact]
    public void AModelThatDoesNotDrawIsLeftAlone()
    {
        using var replica = Replica(new TestTask(_ => nn.Linear(6, 3)), rank: 0);
        using var batch = TestTask.Batch(6, 3);
        using var scope = NewDisposeScope();
        replica.ForwardBackward(batch, out _);

        Assert.False(replica.DrawsFromGlobalGenerator);
        Assert.DoesNotContain(replica.CaptureState(), entry => entry.Name == "random.global");
    }

    [Fact]
    public void SeededDropoutDoesNotDrawFromIt()
    {
        using var replica = Replica(
            new TestTask(context => nn.Sequential(("first", nn.Linear(6, 3)), ("dropout", new Modules.SeededDropout(context.Random)))), rank: 0);
        using var batch = TestTask.Batch(6, 3);
        using var scope = NewDisposeScope();
        replica.ForwardBackward(batch, out _);

        Assert.False(replica.DrawsFromGlobalGenerator);
    }

    [Fact]
    public void AModelThatBeginsToDrawLaterIsFoundAtTheNextProbe()
    {
        var dropout = nn.Dropout(0.5);
        dropout.eval();
        using var replica = Replica(new TestTask(_ => nn.Sequential(("first", nn.Linear(6, 30)), ("dropout", dropout), ("second", nn.Linear(30, 3)))), rank: 0);
        dropout.eval();
        using var batch = TestTask.Batch(6, 3);
        using var scope = NewDisposeScope();
        replica.ForwardBackward(batch, out _);
        Assert.False(replica.DrawsFromGlobalGenerator);

        dropout.train();
        replica.ProbeGlobalDraws();
        replica.ForwardBackward(batch, out _);
        Assert.True(replica.DrawsFromGlobalGenerator);
    }

    private static List<double> Losses(int rank)
    {
        using var replica = Replica(
            new TestTask(_ => nn.Sequential(("first", nn.Linear(6, 30)), ("dropout", nn.Dropout(0.5)), ("second", nn.Linear(30, 3)))), rank);
        using var batch = TestTask.Batch(6, 3);
        var losses = new List<double>();
        for (var step = 0; step < Steps; step++)
        {
            using var scope = NewDisposeScope();
            losses.Add(replica.ForwardBackward(batch, out _));
        }

        Assert.True(replica.DrawsFromGlobalGenerator);
        return losses;
    }

    private static ModelReplica Replica(TestTask task, int rank)
    {
        var replica = ModelReplica.Create(task, TestTask.Context(new RankRandom(1, rank), rank));
        var flat = zeros(replica.Layout.Length);
        replica.CopyValuesTo(flat);
        replica.Bind(flat);
        return replica;
    }
}
