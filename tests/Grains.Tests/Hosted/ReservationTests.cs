using OrleansTrain.Grains.Abstractions.Cluster;
using OrleansTrain.Grains.Tests.Embedded;

namespace OrleansTrain.Grains.Tests.Hosted;

/// <summary>Rank slots of a cluster of two silos, asked for by several runs.</summary>
public class ReservationTests(MnistRun mnist) : IClassFixture<MnistRun>
{
    private static readonly Uri NoTracking = new("http://127.0.0.1:9");

    [Fact]
    public async Task Runs_that_ask_at_the_same_time_get_each_slot_once()
    {
        var store = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var testCluster = await HostedCluster.Start(2, mnist, NoTracking, slots: 10, storing: _ => store.Task);
        var cluster = testCluster.Client.GetGrain<IClusterGrain>(IClusterGrain.Key);

        // Calls interleave, and the grains rely on Orleans to queue their writes: here all of them meet.
        var calls = Enumerable.Range(0, 40).Select(run => cluster.Reserve($"run {run}", 1, "cpu", [])).ToList();
        while ((await cluster.GetCluster()).Silos.Sum(silo => silo.Ranks.Count) < 20)
        {
            Assert.DoesNotContain(calls, call => call.IsFaulted);
        }

        store.SetResult();
        var answers = await Task.WhenAll(calls);
        Assert.Equal(20, answers.SelectMany(answer => answer.Slots).Select(slot => (slot.Silo, slot.Slot)).Distinct().Count());
        Assert.Equal(20, answers.Count(answer => answer.IsGranted));

        await Task.WhenAll(Enumerable.Range(0, 40).Select(run => cluster.Release($"run {run}")));
        Assert.True((await cluster.Reserve("next", 20, "cpu", [])).IsGranted);
    }

    [Fact]
    public async Task A_run_that_no_silos_could_serve_holds_nobody_up()
    {
        await using var testCluster = await HostedCluster.Start(2, mnist, NoTracking);
        var cluster = testCluster.Client.GetGrain<IClusterGrain>(IClusterGrain.Key);

        Assert.False((await cluster.Reserve("large", 64, "cpu", [])).IsGranted);
        Assert.False((await cluster.Reserve("gpu", 1, "cuda", [])).IsGranted);
        Assert.True((await cluster.Reserve("first", 2, "cpu", [])).IsGranted);

        // One that could be served comes before those that ask later.
        Assert.False((await cluster.Reserve("second", 2, "cpu", [])).IsGranted);
        await cluster.Release("first");
        Assert.Contains("behind run second", (await cluster.Reserve("third", 1, "cpu", [])).WaitingFor, StringComparison.Ordinal);
        Assert.True((await cluster.Reserve("second", 2, "cpu", [])).IsGranted);
    }
}
