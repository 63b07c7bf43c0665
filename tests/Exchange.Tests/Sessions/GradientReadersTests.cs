using OrleansTrain.Exchange.Sessions;
using OrleansTrain.Exchange.Synchronization;
using OrleansTrain.Exchange.Tests.Support;

namespace OrleansTrain.Exchange.Tests.Sessions;

/// <summary>Who leaves a failed session frees its gradients: not before the last reader has left them.</summary>
public sealed class GradientReadersTests
{
    [Fact]
    public async Task WhoLeavesWaitsForThoseWhoRead()
    {
        var fault = new SessionFault();
        var readers = new GradientReaders(fault);
        var (reads, mayEnd) = (new TaskCompletionSource(), new TaskCompletionSource());
        var reader = RankThread.Run(() =>
        {
            using var reading = readers.Enter();
            reads.SetResult();
            mayEnd.Task.Wait();
            return true;
        });
        await reads.Task;
        fault.TrySet(new PeerLostException("gone"));

        var leaving = RankThread.Run(() =>
        {
            readers.WaitForNone();
            return true;
        });

        Assert.False(leaving.IsCompleted);
        mayEnd.SetResult();
        await Task.WhenAll(reader, leaving);
    }

    [Fact]
    public void NobodyBeginsToReadInASessionThatHasFailed()
    {
        var fault = new SessionFault();
        var readers = new GradientReaders(fault);
        fault.TrySet(new PeerLostException("gone"));

        Assert.Throws<PeerLostException>(() => readers.Enter().Dispose());
        readers.WaitForNone();
    }
}
