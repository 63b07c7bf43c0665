using OrleansTrain.Harness.Cluster;

namespace OrleansTrain.Schedules;

/// <summary>What became of a schedule's run.</summary>
/// <param name="Finished">The run came to its end.</param>
/// <param name="SameWeights">With the weights of the undisturbed run.</param>
/// <param name="Missing">Metric points that are not in MLflow.</param>
/// <param name="Doubled">Metric points that are there twice.</param>
/// <param name="Recoveries">From each loss to the next training step.</param>
/// <param name="Seconds">The whole of it.</param>
/// <param name="Trouble">Why it is not well; empty when it is.</param>
internal sealed record Verdict(
    bool Finished, bool SameWeights, IReadOnlyList<string> Missing, IReadOnlyList<string> Doubled, IReadOnlyList<TimeSpan> Recoveries, double Seconds, string Trouble)
{
    public bool IsGood => Finished && SameWeights && Missing.Count == 0 && Doubled.Count == 0;

    /// <summary>Compares a run's end with the undisturbed one.</summary>
    public static async Task<Verdict> Of(RealCluster cluster, AttendedRun run, string weights, IReadOnlyList<TimeSpan> recoveries, double seconds)
    {
        var (outcome, trouble) = await run.Finish();
        if (outcome is not { Status: "FINISHED" })
        {
            return new Verdict(false, false, [], [], recoveries, seconds, trouble.Length > 0 ? trouble : $"{outcome!.Status}: {outcome.Error}");
        }

        var metrics = await MetricHistories.Read(cluster, outcome.RunId);
        var missing = metrics.Missing(outcome.Epochs, outcome.Steps, Shape.LogEverySteps);
        var doubled = metrics.Doubled();
        var same = outcome.WeightsSha256 == weights;
        var points = missing.Select(point => $"missing {point}").Concat(doubled.Select(point => $"doubled {point}")).ToList();
        return new Verdict(
            true, same, missing, doubled, recoveries, seconds, string.Join("; ", points.Take(5).Prepend(same ? "" : "other weights").Where(text => text.Length > 0)));
    }
}
