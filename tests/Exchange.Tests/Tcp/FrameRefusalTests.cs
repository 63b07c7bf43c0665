using OrleansTrain.Exchange.Frames;
using OrleansTrain.Exchange.Sessions;
using OrleansTrain.Exchange.Tests.Support;

namespace OrleansTrain.Exchange.Tests.Tcp;

/// <summary>A peer that has proved who it is and yet sends what it should not.</summary>
public sealed class FrameRefusalTests
{
    [Fact]
    public Task AnotherLength() => IsRefused(frame => frame with { Length = frame.Length - 4 }, "expected");

    [Fact]
    public Task MoreThanAnyFrameHas() => IsRefused(frame => frame with { Length = int.MaxValue }, "a frame of 2147483647 bytes");

    [Fact]
    public Task ANegativeLength() => IsRefused(frame => frame with { Length = -1 }, "a frame of -1 bytes");

    [Fact]
    public Task AnotherStep() => IsRefused(frame => frame with { Step = 7 }, "Partial of step 7 for chunk 0: expected step 0");

    [Fact]
    public Task AnotherSession() => IsRefused(frame => frame with { Session = frame.Session + 1 }, "a frame of another session");

    [Fact]
    public Task AForeignShard() => IsRefused(frame => frame with { Shard = 1 }, "for chunk 0 of shard 1, which is not expected here");

    [Fact]
    public Task AChunkThatIsNotThere() => IsRefused(frame => frame with { Chunk = 1000 }, "chunk 1000");

    [Fact]
    public Task ANodeThatIsNotThere() => IsRefused(frame => frame with { Node = 1 }, "partial sum 1");

    [Fact]
    public Task AKindThatIsNone() => IsRefused(frame => frame with { Kind = (FrameKind)99 }, "frame kind 99 is unknown");

    [Fact]
    public Task ParametersBeforeTheyCanBeKnown() => IsRefused(frame => frame with { Kind = FrameKind.Parameters, Shard = 1 }, "Parameters of step 0");

    [Fact]
    public Task InitialParametersFromWhoDoesNotHaveRankZero() => IsRefused(frame => frame with { Kind = FrameKind.Broadcast }, "initial parameters");

    [Fact]
    public async Task TheSamePartialSumTwice()
    {
        await using var peer = await RawPeer.Connect();

        peer.Send(Partial(peer));
        peer.Send(Partial(peer));
        await peer.WaitForEnd();

        var error = await Assert.ThrowsAsync<PeerLostException>(() => peer.Step());
        Assert.Contains("expected step 0, and had step 0", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatIsNoFrame()
    {
        await using var peer = await RawPeer.Connect();

        peer.Send("GET / HTTP/1.1\r\nHost: somewhere else\r\n\r\n"u8);
        await peer.WaitForEnd();

        var error = await Assert.ThrowsAsync<PeerLostException>(() => peer.Step());
        Assert.Contains("silo raw (rank 1) sent not a frame", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFrameThatEndsInTheMiddle()
    {
        await using var peer = await RawPeer.Connect();
        var waiting = peer.Step();
        var bytes = new byte[FrameHeader.Size + 100];
        Partial(peer).Write(bytes);

        peer.Send(bytes);
        peer.Vanish();

        var error = await Assert.ThrowsAsync<PeerLostException>(() => waiting);
        Assert.Contains("silo raw (rank 1)", error.Message, StringComparison.Ordinal);
    }

    private static FrameHeader Partial(RawPeer peer)
    {
        var range = new SessionShape(peer.Session.Plan).Shards.Chunk(0, 0);
        return new FrameHeader(FrameKind.Partial, 0, 0, peer.Number, 0, 0, 0, (int)range.Length * sizeof(float));
    }

    private static async Task IsRefused(Func<FrameHeader, FrameHeader> change, string expected)
    {
        await using var peer = await RawPeer.Connect();

        peer.Send(change(Partial(peer)));
        await peer.WaitForEnd();

        var error = await Assert.ThrowsAsync<PeerLostException>(() => peer.Step());
        Assert.Contains("Run run, attempt 1: silo raw (rank 1) sent", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }
}
