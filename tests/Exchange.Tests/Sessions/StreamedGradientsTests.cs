using OrleansTrain.Exchange.Sessions;
using OrleansTrain.Exchange.Synchronization;
using OrleansTrain.Exchange.Tests.Support;
using OrleansTrain.Training;
using OrleansTrain.Training.Tracing;

namespace OrleansTrain.Exchange.Tests.Sessions;

/// <summary>Gradients that ranks copy for each other give the same bits as those that are read where they are.</summary>
public sealed class StreamedGradientsTests
{
    private const int Trial = TwoWayTrial.Window + TwoWayTrial.Settling;
    private const int Steps = TwoWayTrial.Pause + TwoWayTrial.Window + (2 * Trial) + 10;

    // Many chunks for each rank, which take them from one another.
    private static readonly ParameterLayout Small = SyntheticModel.Layout([301, 200], [33], [50, 7]);

    private static readonly SpinPolicy Spin = new(TimeSpan.FromMicroseconds(100));

    [Fact]
    public async Task StepsInWhichTheyAreCopiedGiveTheBitsOfTheReference()
    {
        await using var cluster = await Cluster.Start(ExchangeMode.InProcess, [[0, 1]], Small);
        var gradients = Enumerable.Range(0, 7).Select(step => Enumerable.Range(0, 2).Select(rank => SyntheticModel.Gradients(Small, rank, step)).ToArray()).ToArray();
        var reference = new ReferenceExchange(Small, 0.9f, 0.01f);
        SyntheticModel.InitialParameters(Small).CopyTo(reference.Parameters, 0);

        var copied = await Task.WhenAll(Enumerable.Range(0, 2).Select(rank => RankThread.Run(() => Train(cluster.Sessions[0], rank, gradients))));

        foreach (var step in Enumerable.Range(0, Steps))
        {
            reference.Step(gradients[step % 7], 0.1);
        }

        var tried = Enumerable.Range(TwoWayTrial.Pause + TwoWayTrial.Window, Environment.ProcessorCount > 1 ? Trial : 0).Select(step => (long)step);
        Assert.All(copied, steps => Assert.Equal(tried, steps.Take(Trial)));
        Assert.Equal(reference.Parameters, cluster.Parameters(0));
    }

    [Theory]
    [InlineData(new[] { 0, 1 }, 301, true)]
    [InlineData(new[] { 0 }, 301, false)]
    [InlineData(new[] { 0, 1 }, 1024, false)]
    public async Task OnlySmallGradientsOfSeveralRanksAreCopied(int[] ranks, int rows, bool copied)
    {
        await using var cluster = Cluster.Open(ExchangeMode.InProcess, [ranks], SyntheticModel.Layout([rows, 200]));

        Assert.Equal(copied, CanCopy(cluster, Spin));
    }

    [Fact]
    public async Task RanksThatShareCoresOrHaveOtherSilosCopyNothing()
    {
        await using var one = Cluster.Open(ExchangeMode.InProcess, [[0, 1]], Small);
        await using var two = Cluster.Open(ExchangeMode.Tcp, [[0, 1], [2, 3]], Small);

        Assert.False(CanCopy(one, SpinPolicy.None));
        Assert.False(CanCopy(two, Spin));
    }

    private static List<long> Train(IExchangeSession session, int rank, float[][][][] gradients)
    {
        var trace = new StepTrace(0, Steps, 64 * Steps);
        session.Trace(rank, trace);
        for (var step = 0; step < Steps; step++)
        {
            trace.BeginStep(step);
            RankThread.Step(session, rank, gradients[step % 7][rank], step);
        }

        trace.Complete();
        Assert.Equal(0, trace.Dropped);
        return [.. trace.Events.ToArray().Where(part => part.Part == StepPart.StreamGradients).Select(part => part.Step)];
    }

    private static bool CanCopy(Cluster cluster, SpinPolicy spin)
    {
        var shape = new SessionShape(cluster.Sessions[0].Plan);
        using var parameters = ParameterBuffer.Allocate(cluster.Layout.Length);
        using var streamed = StreamedGradients.Create(
            shape, parameters, new WorkQueue(shape.Shards.Chunks(0), shape.LocalRanks.Count), spin);
        return streamed is not null;
    }
}
