using System.Diagnostics;
using System.Runtime.InteropServices;
using OrleansTrain.Exchange;

namespace OrleansTrain.ExchangeBench;

/// <summary>
/// One silo of a measurement. Its ranks' threads write their gradients anew before each step, as a backward pass does, since it matters in whose cache they
/// are; only the steps are timed.
/// </summary>
internal sealed class Silo(BenchSettings settings, IExchangeHub hub)
{
    /// <summary>Takes all steps; returns milliseconds a step and what the session counted.</summary>
    public async Task<(double Milliseconds, ExchangeStatistics Statistics)> Run(ExchangePlan plan)
    {
        await using var session = hub.Open(plan);
        await session.Connect(CancellationToken.None);
        await session.BroadcastParameters(CancellationToken.None);
        var ranks = plan.Silos[plan.Self].Ranks.Select(rank => Task.Factory.StartNew(
            () => Steps(session, rank), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default));
        var times = await Task.WhenAll(ranks);
        return (times.Average(), session.Statistics);
    }

    private unsafe double Steps(IExchangeSession session, int rank)
    {
        var slots = session.Plan.Layout.Slots;
        var gradients = slots.Select(slot => (nint)NativeMemory.AlignedAlloc((nuint)slot.Length * sizeof(float), 64)).ToArray();
        var ticks = 0L;
        for (var step = 0; step < settings.WarmUp + settings.Steps; step++)
        {
            for (var slot = 0; slot < slots.Count; slot++)
            {
                Write((float*)gradients[slot], slots[slot].Length, rank + step);
            }

            var start = Stopwatch.GetTimestamp();
            session.Step(rank, gradients, step, 0.01, StepRequests.None);
            ticks += step < settings.WarmUp ? 0 : Stopwatch.GetTimestamp() - start;
        }

        Array.ForEach(gradients, gradient => NativeMemory.AlignedFree((void*)gradient));
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
