using System.Diagnostics;
using System.Runtime.InteropServices;
using OrleansTrain.Exchange;

namespace OrleansTrain.ExchangeBench;

/// <summary>One silo of a measurement: its ranks' threads do nothing but step, with gradients that never change.</summary>
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
        var gradients = slots.Select(slot => Gradient(slot.Length, rank)).ToArray();
        var start = 0L;
        for (var step = 0; step < settings.WarmUp + settings.Steps; step++)
        {
            if (step == settings.WarmUp)
            {
                start = Stopwatch.GetTimestamp();
            }

            session.Step(rank, gradients, step, 0.01, StepRequests.None);
        }

        var elapsed = Stopwatch.GetElapsedTime(start).TotalMilliseconds / settings.Steps;
        Array.ForEach(gradients, gradient => NativeMemory.AlignedFree((void*)gradient));
        return elapsed;
    }

    private static unsafe nint Gradient(long length, int rank)
    {
        var gradient = (float*)NativeMemory.AlignedAlloc((nuint)length * sizeof(float), 64);
        for (long i = 0; i < length; i++)
        {
            gradient[i] = ((i % 100) - 50 + rank) * 1e-4f;
        }

        return (nint)gradient;
    }
}
