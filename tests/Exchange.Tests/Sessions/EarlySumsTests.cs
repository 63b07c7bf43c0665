using System.Runtime.InteropServices;
using OrleansTrain.Exchange.Frames;
using OrleansTrain.Exchange.Layout;
using OrleansTrain.Exchange.Sessions;
using OrleansTrain.Exchange.Tests.Support;

namespace OrleansTrain.Exchange.Tests.Sessions;

/// <summary>Gradients that are told while the backward pass runs.</summary>
public sealed class EarlySumsTests
{
    [Theory]
    [InlineData("0|1")]
    [InlineData("0,1|2")]
    [InlineData("0,1|2,3")]
    [InlineData("0,2|1,3")]
    [InlineData("0|1|2")]
    [InlineData("0,1|2,3|4,5|6,7")]
    public async Task WhateverIsToldEarlyTheBitsAreThoseOfTheReference(string placement)
    {
        await using var cluster = await Cluster.Start(ExchangeMode.Tcp, Parse(placement), change: plan => plan with { Overlap = OverlapMode.On });
        var reference = new ReferenceExchange(cluster.Layout, 0.9f, 0.01f);
        SyntheticModel.InitialParameters(cluster.Layout).CopyTo(reference.Parameters, 0);

        for (var step = 0; step < 20; step++)
        {
            await Step(cluster, step);
            reference.Step([.. Enumerable.Range(0, cluster.WorldSize).Select(rank => SyntheticModel.Gradients(cluster.Layout, rank, step))], 0.1);

            Assert.All(Enumerable.Range(0, cluster.Placement.Count), silo => Assert.Equal(reference.Parameters, cluster.Parameters(silo)));
        }
    }

    [Fact]
    public async Task GradientsAreSentBeforeTheRankComesToItsStep()
    {
        await using var peer = await RawPeer.Connect(plan => plan with { Overlap = OverlapMode.On });
        using var gradients = new PinnedGradients(SyntheticModel.Gradients(SyntheticModel.Small, 0, 0));

        TellAll(peer, gradients);

        var shards = new SessionShape(peer.Session.Plan).Shards;
        var sent = new SortedDictionary<int, (FrameHeader Header, byte[] Payload)>();
        while (sent.Count < shards.Chunks(1))
        {
            var frame = await peer.Receive();
            sent.Add(frame.Header.Chunk, frame);
        }

        Assert.All(sent, chunk =>
        {
            var (header, payload) = chunk.Value;
            Assert.Equal((FrameKind.Partial, 0, 1), (header.Kind, (int)header.Step, header.Shard));
            Assert.Equal((byte)StepRequests.Checkpoint, header.Code);
            Assert.Equal(Flat(gradients, shards.Chunk(1, chunk.Key)), MemoryMarshal.Cast<byte, float>(payload).ToArray());
        });
    }

    [Fact]
    public async Task ParametersThatComeBeforeTheRankWaitForIt()
    {
        await using var peer = await RawPeer.Connect(plan => plan with { Overlap = OverlapMode.On });
        using var gradients = new PinnedGradients(SyntheticModel.Gradients(SyntheticModel.Small, 0, 0));
        var shards = new SessionShape(peer.Session.Plan).Shards;
        TellAll(peer, gradients);
        SendAll(peer, FrameKind.Partial, shard: 0, shards);

        // Of zeros, while the real rank still computes with those it has.
        var before = MemoryMarshal.Cast<byte, float>(peer.Session.Parameters.fill_(1f).bytes).ToArray();
        SendAll(peer, FrameKind.Parameters, shard: 1, shards);
        Assert.Equal(before, MemoryMarshal.Cast<byte, float>(peer.Session.Parameters.bytes).ToArray());
        await RankThread.Run(() => peer.Session.Step(0, gradients.Pointers, 0, 0.1, StepRequests.Checkpoint));

        var after = MemoryMarshal.Cast<byte, float>(peer.Session.Parameters.bytes)[(int)shards[1].Start..(int)shards[1].End].ToArray();
        Assert.All(after, value => Assert.Equal(0f, value));
    }

    [Fact]
    public async Task NothingIsToldWhereNothingIsSent()
    {
        await using var alone = await Cluster.Start(ExchangeMode.InProcess, [[0, 1]], change: plan => plan with { Overlap = OverlapMode.On });
        await using var shared = await Cluster.Start(ExchangeMode.SharedMemory, [[0], [1]], change: plan => plan with { Overlap = OverlapMode.On });
        await using var off = await Cluster.Start(ExchangeMode.Tcp, [[0], [1]], change: plan => plan with { Overlap = OverlapMode.Off });

        Assert.All(
            (IExchangeSession[])[alone.Sessions[0], shared.Sessions[0], off.Sessions[0]],
            session => Assert.Null(session.Begin(0, 0, StepRequests.None)));
    }

    private static async Task Step(Cluster cluster, int step) => await Task.WhenAll(
        from silo in Enumerable.Range(0, cluster.Placement.Count)
        from rank in cluster.Placement[silo]
        select RankThread.Run(() =>
        {
            using var gradients = new PinnedGradients(SyntheticModel.Gradients(cluster.Layout, rank, step));
            var sink = cluster.Sessions[silo].Begin(rank, step, StepRequests.None)!;
            var random = new Random(HashCode.Combine(step, rank));
            var slots = Enumerable.Range(0, gradients.Pointers.Length).ToArray();
            random.Shuffle(slots);
            foreach (var slot in slots.Take(random.Next(slots.Length + 1)))
            {
                sink.Ready(slot, gradients.Pointers[slot]);
            }

            return cluster.Sessions[silo].Step(rank, gradients.Pointers, step, 0.1, StepRequests.None);
        }));

    private static void TellAll(RawPeer peer, PinnedGradients gradients)
    {
        var sink = peer.Session.Begin(0, 0, StepRequests.Checkpoint)!;
        for (var slot = gradients.Pointers.Length - 1; slot >= 0; slot--)
        {
            sink.Ready(slot, gradients.Pointers[slot]);
        }
    }

    private static void SendAll(RawPeer peer, FrameKind kind, int shard, ShardMap shards)
    {
        for (var chunk = 0; chunk < shards.Chunks(shard); chunk++)
        {
            peer.Send(new FrameHeader(kind, 0, 0, peer.Number, 0, shard, chunk, (int)shards.Chunk(shard, chunk).Length * sizeof(float)));
        }
    }

    private static unsafe float[] Flat(PinnedGradients gradients, FlatRange range)
    {
        var flat = new float[SyntheticModel.Small.Length];
        foreach (var (index, slot) in SyntheticModel.Small.Slots.Index())
        {
            new ReadOnlySpan<float>((void*)gradients.Pointers[index], (int)slot.Length).CopyTo(flat.AsSpan((int)slot.Offset));
        }

        return flat[(int)range.Start..(int)range.End];
    }

    private static int[][] Parse(string placement) => [.. placement.Split('|').Select(silo => silo.Split(',').Select(int.Parse).ToArray())];
}
