using OrleansTrain.Grains.Abstractions.Runs;
using OrleansTrain.Grains.Abstractions.Trainers;

namespace OrleansTrain.Grains.Runs;

/// <summary>Collects the ranks' sums of each epoch until all are there, and makes one summary of them.</summary>
internal sealed class EpochLedger(int worldSize)
{
    private readonly SortedDictionary<int, EpochReport?[]> _open = [];

    public void Add(int rank, EpochReport report)
    {
        if (!_open.TryGetValue(report.Epoch, out var reports))
        {
            _open[report.Epoch] = reports = new EpochReport?[worldSize];
        }

        reports[rank] = report;
    }

    /// <summary>The summary of <paramref name="epoch"/> when every rank has reported it, with the time rank 0 ended it.</summary>
    public (EpochSummary Summary, long TimestampMilliseconds)? TryClose(int epoch)
    {
        if (!_open.TryGetValue(epoch, out var reports) || reports.Any(report => report is null))
        {
            return null;
        }

        _open.Remove(epoch);

        // In rank order: a sum of doubles depends on it, and the metric must not depend on who came first.
        var samples = reports.Sum(report => report!.Samples);
        var metrics = new Dictionary<string, double>
        {
            ["training_loss"] = reports.Sum(report => report!.LossSum) / samples,
            ["learning_rate"] = reports[0]!.LearningRate,
            ["samples_per_second"] = reports.Sum(report => report!.TimedSamples) / Math.Max(reports.Max(report => report!.Seconds), 1e-9),
            ["data_wait_seconds"] = reports.Max(report => report!.DataWaitSeconds),
            ["gradient_wait_seconds"] = reports.Max(report => report!.ExchangeWaitSeconds),
            ["epoch_seconds"] = reports.Max(report => report!.Seconds),
            ["data_bytes_per_second"] = reports.Sum(report => report!.TimedSamples * (double)report.RecordBytes) / Math.Max(reports.Max(report => report!.Seconds), 1e-9),
            ["skipped_records"] = reports.Max(report => report!.SkippedRecords),
        };
        foreach (var (name, mean) in ValidationMeans(reports!))
        {
            metrics[name] = mean;
        }

        return (new EpochSummary(epoch, reports[0]!.Step, metrics), reports[0]!.TimestampMilliseconds);
    }

    private static IEnumerable<(string Name, double Mean)> ValidationMeans(EpochReport[] reports) =>
        reports.SelectMany(report => report.Validation)
            .GroupBy(sum => sum.Key, sum => sum.Value, StringComparer.Ordinal)
            .Select(sums => ("validation_" + sums.Key, sums.Sum(sum => sum.Sum) / sums.Sum(sum => sum.Weight)));
}
