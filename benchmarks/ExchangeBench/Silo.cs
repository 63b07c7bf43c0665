using System.Diagnostics;
using OrleansTrain.Exchange;
using OrleansTrain.Training.Native;
using TorchSharp;

namespace OrleansTrain.ExchangeBench;

/// <summary>
/// One silo of a measurement. Its ranks' threads make their gradients anew before each step, as a backward pass does, since it matters where they lie and in
/// whose cache they are; only the steps are timed.
/// </summary>
internal sealed class Silo(BenchSettings settings, IExchangeHub hub)
{
    /// <summary>Takes all steps; returns milliseconds a step, what the session counted, and the bytes that the steps sent: without the first parameters.</summary>
    public async Task<(double Milliseconds, ExchangeStatistics Statistics, long BytesSent)> Run(ExchangePlan plan)
    {
        await using var session = hub.Open(plan);
        await session.Connect(CancellationToken.None);
        await session.BroadcastParameters(CancellationToken.None);
        var before = session.Statistics.BytesSent;
        var ranks = plan.Silos[plan.Self].Ranks.Select(rank => Task.Factory.StartNew(
            () => Steps(session, rank), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default));
        var times = await Task.WhenAll(ranks);
        var statistics = session.Statistics;
        return (times.Average(), statistics, statistics.BytesSent - before);
    }

    private unsafe double Steps(IExchangeSession session, int rank)
    {
        var slots = session.Plan.Layout.Slots;
        var gradients = new nint[slots.Count];
        var ticks = 0L;
        for (var step = 0; step < settings.WarmUp + settings.Steps; step++)
        {
            using var scope = torch.NewDisposeScope();
            session.Begin(rank, step, StepRequests.None);
            for (var slot = 0; slot < slots.Count; slot++)
            {
                gradients[slot] = HostPointer.Of(torch.empty(slots[slot].Length));
                Write((float*)gradients[slot], slots[slot].Length, rank + step);
            }

            var start = Stopwatch.GetTimestamp();
            session.Step(rank, gradients, step, 0.01, StepRequests.None);
            ticks += step < settings.WarmUp ? 0 : Stopwatch.GetTimestamp() - start;
        }

        return ticks * 1000.0 / Stopwatch.Frequency / settings.Steps;
    }

    private static unsafe void Write(float* gradient, long length, long value)
    {
        for (long i = 0; i < length; i++)
        {
            gradient[i] = ((i % 128) - 64 + value) * 1e-4f;
        }
    }
}
