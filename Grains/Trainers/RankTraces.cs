using OrleansTrain.Grains.Abstractions.Specs;
using OrleansTrain.Grains.Abstractions.Trainers;
using OrleansTrain.Training.Tracing;

namespace OrleansTrain.Grains.Trainers;

/// <summary>The trace of a rank: which steps it shows, and how it travels.</summary>
internal static class RankTraces
{
    // All ranks together: some 15 MB of JSON at most.
    private const int MostParts = 1 << 17;

    private static readonly string[] Names = ["step", "data wait", "forward", "backward", "exchange", "gather", "send partial sums",
        "wait for partial sums", "sum and update", "send parameters", "wait for parameters", "wait for completion", "stream gradients",
        "free tensors", "prepare batches"];

    /// <summary>Takes the memory for a rank's trace; null when the spec asks for none.</summary>
    /// <param name="first">Step this attempt begins with.</param>
    /// <param name="total">Steps of the whole run. A run shorter than the wait shows its last steps.</param>
    public static StepTrace? Create(RunSpec spec, long first, long total)
    {
        if (spec.TraceActive == 0 || total <= first)
        {
            return null;
        }

        var start = Math.Max(first, Math.Min(first + spec.TraceWait, total - spec.TraceActive));
        return new StepTrace(start, Math.Min(spec.TraceActive, total - start), Math.Clamp(MostParts / spec.Ranks, 256, 1 << 14));
    }

    /// <summary>The trace as a message; null while steps are still to come.</summary>
    public static RankTrace? Describe(StepTrace? trace, int rank, string silo)
    {
        if (trace is not { IsComplete: true })
        {
            return null;
        }

        var parts = trace.Events.ToArray();
        return new RankTrace(
            rank,
            silo,
            Names,
            [.. parts.Select(part => (byte)part.Part)],
            [.. parts.Select(part => part.Step)],
            [.. parts.Select(part => trace.ToUnixNanoseconds(part.Start))],
            [.. parts.Select(part => StepTrace.ToNanoseconds(part.Duration))],
            trace.Dropped);
    }
}
