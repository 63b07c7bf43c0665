using CsCheck;
using OrleansTrain.Exchange.Frames;
using OrleansTrain.Exchange.Sessions;
using OrleansTrain.Exchange.Synchronization;
using OrleansTrain.Exchange.Tests.Support;

namespace OrleansTrain.Exchange.Tests.Frames;

public sealed unsafe class FrameFuzzTests
{
    private static readonly Gen<FrameHeader> Headers =
        from kind in Gen.Int[1, 5]
        from code in Gen.Byte
        from node in Gen.Int[0, 4]
        from session in Gen.Int[0, 2].Select(i => i == 0 ? ulong.MaxValue : 5UL)
        from step in Gen.OneOf(Gen.Long[-1, 3], Gen.Long)
        from shard in Gen.OneOf(Gen.Int[-1, 4], Gen.Int)
        from chunk in Gen.OneOf(Gen.Int[-1, 4], Gen.Int)
        from length in Gen.OneOf(Gen.Int[0, 1100].Select(units => units * 64), Gen.Int[0, FrameHeader.LongestPayload])
        select new FrameHeader((FrameKind)kind, code, (ushort)node, session, step, shard, chunk, length);

    [Fact]
    public void AHeaderIsReadBackAsItWasWritten() => Headers.Sample(header =>
    {
        var bytes = new byte[FrameHeader.Size];
        header.Write(bytes);
        Assert.Equal(header, FrameHeader.Read(bytes));
    });

    [Fact]
    public void AnyBytesAreAHeaderOrRefused() => Gen.Byte.Array[FrameHeader.Size].Sample(bytes =>
    {
        // Three of four get past the first check.
        var header = new FrameHeader(FrameKind.Leave, 0, 0, 0, 0, 0, 0, 0);
        var valid = new byte[FrameHeader.Size];
        header.Write(valid);
        if (bytes[0] % 4 != 0)
        {
            valid.AsSpan(0, 4).CopyTo(bytes);
        }

        try
        {
            Assert.InRange(FrameHeader.Read(bytes).Length, 0, FrameHeader.LongestPayload);
        }
        catch (FrameRefusedException)
        {
            // As it should be.
        }
    });

    /// <summary>Whatever a peer writes into a header, a payload lands in the inbox, in the parameters, or nowhere.</summary>
    [Fact]
    public void NoHeaderPointsOutsideTheBuffers() => Headers.Array[1, 40].Sample(headers =>
    {
        var plan = new ExchangePlan
        {
            RunId = "run",
            Attempt = 1,
            Self = 1,
            Layout = SyntheticModel.Small,
            Optimizer = SyntheticModel.Sgd(),
            Secret = new byte[32],
            Silos = [new ExchangeSilo(new("", "", 0, "a"), [0, 3]), new ExchangeSilo(new("", "", 0, "b"), [1]), new ExchangeSilo(new("", "", 0, "c"), [2])],
        };
        var shape = new SessionShape(plan);
        var fault = new SessionFault();
        using var parameters = ParameterBuffer.Allocate(plan.Layout.Length);
        using var inbox = new FrameInbox(shape, 0, parameters, new NoChannel(), new PeerEnd(plan, 0, fault), new Signal(fault, SpinPolicy.None));
        foreach (var header in headers)
        {
            try
            {
                var target = inbox.Locate(header);
                Assert.True(
                    Within(target, header.Length, parameters.Pointer, plan.Layout.Length)
                    || Within(target, header.Length, inbox.Partials(0), 2 * shape.OwnShard.Length)
                    || (header.Kind is FrameKind.Abort or FrameKind.Leave && header.Length <= PeerEnd.LongestReason));
                inbox.Received(header);
            }
            catch (FrameRefusedException)
            {
                // As it should be.
            }
        }
    });

    private static bool Within(byte* target, int length, float* start, long elements) =>
        target >= start && target + length <= start + elements;

    private sealed class NoChannel : IFrameChannel
    {
        public ulong Session => 5;

        public (long Sent, long Received) Bytes => default;

        public Task Open(IFrameSink sink, CancellationToken cancellationToken) => Task.CompletedTask;

        public void Send(in FrameHeader header, byte* payload)
        {
        }

        public void Close(in FrameHeader last, byte* payload)
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
