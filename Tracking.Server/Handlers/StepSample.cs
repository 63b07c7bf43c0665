using OrleansTrain.Tracking.Server.Protocol;

namespace OrleansTrain.Tracking.Server.Handlers;

/// <summary>Which steps a plot of several runs gets (mlflow/server/handlers.py, get_metric_history_bulk_interval_impl).</summary>
internal static class StepSample
{
    /// <exception cref="MlflowError">The interval is not one.</exception>
    public static SortedSet<long> Choose(IReadOnlyList<IReadOnlyList<long>> stepsOfRuns, long? start, long? end, long most)
    {
        CheckInterval(start, end);
        long[] all = [.. stepsOfRuns.SelectMany(static steps => steps).Distinct().Order()];
        var first = start ?? 0;
        var last = end ?? (all.Length > 0 ? all[^1] : 0);
        long[] within = [.. all.Where(step => step >= first && step <= last)];
        var chosen = new SortedSet<long>(within.Length <= most ? within : Sample(within, all.Length - all.Count(step => step >= first), most));
        chosen.UnionWith(stepsOfRuns.Where(static steps => steps.Count > 0)
            .SelectMany(static steps => new[] { steps[0], steps[^1] })
            .Where(step => step >= first && step <= last));
        return chosen;
    }

    private static void CheckInterval(long? start, long? end)
    {
        if (start is null != end is null)
        {
            throw MlflowError.InvalidParameter("If either start step or end step are specified, both must be specified.");
        }

        if (start > end)
        {
            throw MlflowError.InvalidParameter($"end_step must be greater than start_step. Found start_step={start} and end_step={end}.");
        }
    }

    /// <param name="before">How many steps come before the interval: MLflow's index test counts from there.</param>
    private static IEnumerable<long> Sample(long[] within, int before, long most)
    {
        var interval = (double)within.Length / most;
        for (var i = 0; i < most; i++)
        {
            var index = (int)(i * interval);
            if (before + index < within.Length)
            {
                yield return within[index];
            }
        }

        yield return within[^1];
    }
}
