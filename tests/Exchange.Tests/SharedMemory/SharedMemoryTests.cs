using System.Runtime.InteropServices;
using OrleansTrain.Exchange.SharedMemory;
using OrleansTrain.Exchange.Tests.Support;
using OrleansTrain.Training.Native;

namespace OrleansTrain.Exchange.Tests.SharedMemory;

[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class SharedMemoryTests
{
    private static readonly int[][] Two = [[0], [1]];

    private static readonly int[][] Four = [[0], [1], [2], [3]];

    [Fact]
    public async Task AutoTakesSharedMemoryForNeighboursAndTheChannelForOthers()
    {
        // Silos 0 and 2 on one host, 1 and 3 on another: as far as the plan says.
        await using var cluster = await Cluster.Start(ExchangeMode.Auto, Four, change: plan => plan with
        {
            Silos = [.. plan.Silos.Select((silo, i) => silo with { Endpoint = silo.Endpoint with { HostId = i % 2 == 0 ? "here" : "there" } })],
        });
        var reference = new ReferenceExchange(cluster.Layout, 0.9f, 0.01f);
        SyntheticModel.InitialParameters(cluster.Layout).CopyTo(reference.Parameters, 0);

        for (var step = 0; step < 4; step++)
        {
            await cluster.Step(step);
            reference.Step([.. Enumerable.Range(0, 4).Select(rank => SyntheticModel.Gradients(cluster.Layout, rank, step))], 0.1);
        }

        Assert.All(Enumerable.Range(0, 4), silo => Assert.Equal(reference.Parameters, cluster.Parameters(silo)));
        Write(cluster, 0, 17);
        Assert.Equal([17, cluster.Parameters(1)[0], 17, cluster.Parameters(1)[0]], Enumerable.Range(0, 4).Select(silo => cluster.Parameters(silo)[0]));
    }

    [Fact]
    public async Task WhatOtherSilosPutIntoTheirBuffersBeforeTheStartDoesNotCount()
    {
        await using var cluster = Cluster.Open(ExchangeMode.SharedMemory, Two);
        Write(cluster, 1, 99);
        var expected = cluster.Parameters(0);

        await cluster.Connect();
        await Task.WhenAll(cluster.Sessions.Select(session => session.BroadcastParameters(CancellationToken.None)));

        Assert.Equal(expected, cluster.Parameters(0));
        Assert.Equal(expected, cluster.Parameters(1));
    }

    [Fact]
    public async Task NothingHasANameOnceAllAreConnected()
    {
        await using var cluster = await Cluster.Start(ExchangeMode.SharedMemory, Two);

        // Other tests connect meanwhile: what counts is the file that these two map.
        var files = cluster.Sessions.Select(session => MemoryMap.FileAt(HostPointer.Of(session.Parameters))).ToArray();
        Assert.All(files, file => Assert.Matches($"^{SharedSegment.Folder}/orleanstrain-[0-9a-f]+ \\(deleted\\)$", file));
        Assert.Single(files.Distinct());
    }

    [Fact]
    public async Task ANeighbourThatLeavesWakesThoseWhoWait()
    {
        await using var cluster = await Cluster.Start(ExchangeMode.SharedMemory, Two);
        await cluster.Step(0);
        var waiting = RankThread.Run(() => RankThread.Step(cluster.Sessions[0], 0, SyntheticModel.Gradients(cluster.Layout, 0, 1), 1));

        await cluster.Sessions[1].DisposeAsync();

        var error = await Assert.ThrowsAsync<PeerLostException>(() => waiting);
        Assert.Contains("silo silo-1 (rank 1) has left the exchange", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ANeighbourThatDoesNotComeIsNamed()
    {
        await using var cluster = await Cluster.Start(
            ExchangeMode.SharedMemory, Two, change: plan => plan with { StepTimeout = TimeSpan.FromMilliseconds(200) });

        var error = await Assert.ThrowsAsync<PeerLostException>(
            () => RankThread.Run(() => RankThread.Step(cluster.Sessions[0], 0, SyntheticModel.Gradients(cluster.Layout, 0, 0), 0)));

        Assert.Contains("silo silo-1 (rank 1) sent no gradients of step 0 within 0.2 s", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void HostsWithoutCommonMemoryAreRefusedWhenItIsAskedFor()
    {
        var error = Assert.Throws<ArgumentException>(() => Cluster.Open(ExchangeMode.SharedMemory, Two, change: plan => plan with
        {
            Silos = [plan.Silos[0], plan.Silos[1] with { Endpoint = plan.Silos[1].Endpoint with { HostId = "elsewhere" } }],
        }));

        Assert.Contains("share no memory", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OnlyTheOwnerMayOpenASegment()
    {
        using var segment = SharedSegment.Create(10_000);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(segment.Path));
        segment.Unlink();
        Assert.False(File.Exists(segment.Path));
    }

    [Fact]
    public void MoreMemoryThanThereIsIsRefusedInWords()
    {
        var error = Assert.Throws<IOException>(() => SharedSegment.Create(1L << 50));

        Assert.Contains("choose the exchange 'tcp'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatADeadProcessLeftIsRemovedAndWhatIsInUseIsNot()
    {
        using var used = SharedSegment.Create(4096);
        var left = $"{SharedSegment.Folder}/orleanstrain-{Guid.NewGuid():N}";
        File.WriteAllBytes(left, new byte[16]);
        File.SetLastWriteTimeUtc(left, DateTime.UtcNow.AddHours(-1));
        File.SetLastWriteTimeUtc(used.Path, DateTime.UtcNow.AddHours(-1));

        SharedSegment.RemoveAbandoned();

        Assert.False(File.Exists(left));
        Assert.True(File.Exists(used.Path));
        used.Unlink();
    }

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("/dev/shm/orleanstrain-../../etc/passwd")]
    public void OnlyOurOwnNamesAreOpened(string path) =>
        Assert.Throws<IOException>(() => SharedSegment.Open(path, [4096], new byte[SharedSegment.TokenSize]));

    [Fact]
    public void ASegmentWithAnotherTokenIsNotTaken()
    {
        using var segment = SharedSegment.Create(4096);

        Assert.Throws<IOException>(() => SharedSegment.Open(segment.Path, [4096], new byte[SharedSegment.TokenSize]));
        Assert.Throws<IOException>(() => SharedSegment.Open(segment.Path, [8192, 12288], segment.Token));
        SharedSegment.Open(segment.Path, [4096], segment.Token).Dispose();
        segment.Unlink();
    }

    [Fact]
    public void TheDeviceOfTheFolderIsReadFromTheMounts() => Assert.Equal("0:64", HostIdentity.Device(
    [
        "22 1 8:1 / / rw - ext4 /dev/sda1 rw",
        "31 22 0:26 / /dev/shm rw,nosuid - tmpfs tmpfs rw",
        "99 22 0:64 / /dev/shm rw,nosuid - tmpfs shm rw,size=65536k",
    ]));

    private static void Write(Cluster cluster, int silo, float value) =>
        MemoryMarshal.Cast<byte, float>(cluster.Sessions[silo].Parameters.bytes)[0] = value;
}
