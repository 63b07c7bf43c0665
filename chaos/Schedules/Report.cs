using System.Globalization;

namespace OrleansTrain.Schedules;

/// <summary>What all schedules came to, for people and for scripts.</summary>
internal static class Report
{
    public static IEnumerable<string> Lines(IReadOnlyList<Verdict> verdicts)
    {
        yield return $"runs finished: {verdicts.Count(verdict => verdict.Finished)} of {verdicts.Count}";
        yield return $"weights equal to the undisturbed run: {verdicts.Count(verdict => verdict.SameWeights)} of {verdicts.Count}";
        yield return $"metric steps missing: {verdicts.Sum(verdict => verdict.Missing.Count)}, doubled: {verdicts.Sum(verdict => verdict.Doubled.Count)}";
        var recoveries = verdicts.SelectMany(verdict => verdict.Recoveries).Order().ToList();
        yield return recoveries.Count == 0
            ? "time to recover: no run lost a rank"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"time to recover, from the loss to the next training step: min {recoveries[0].TotalSeconds:F1} s, median {recoveries[recoveries.Count / 2].TotalSeconds:F1} s, max {recoveries[^1].TotalSeconds:F1} s ({recoveries.Count} recoveries)");
    }
}
