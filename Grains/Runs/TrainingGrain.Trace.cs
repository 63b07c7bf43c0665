using OrleansTrain.Grains.Abstractions.Trainers;

namespace OrleansTrain.Grains.Runs;

/// <summary>The timeline of some steps of the run, when the spec asks for one.</summary>
internal sealed partial class TrainingGrain
{
    private const string TraceArtifact = "trace.json";

    private byte[]? _trace;

    public Task<byte[]?> GetTrace() => Task.FromResult(_trace);

    // Once all ranks have taken the traced steps; a later activation of this grain does it again and replaces the artifact by the same.
    private async Task CollectTrace(Attempt attempt, (RankProgress? Progress, Exception? Error)[] polled)
    {
        if (State.Spec!.TraceActive == 0 || _trace is not null || !polled.All(rank => rank.Progress is { HasTrace: true }))
        {
            return;
        }

        var ranks = await attempt.GetTraces();
        if (ranks.Any(rank => rank is null))
        {
            return;
        }

        _trace = ChromeTrace.Write(RunId, [.. ranks.OfType<RankTrace>()]);
        await Tell(tracking => tracking.LogArtifact(TraceArtifact, _trace));
        if (ranks.Sum(rank => rank!.Dropped) is > 0 and var dropped)
        {
            Warn($"the trace has no room for {dropped} parts of steps: trace_active traces fewer steps");
        }
    }
}
