using OrleansTrain.Grains.Abstractions.Tracking;
using OrleansTrain.Grains.Abstractions.Trainers;

namespace OrleansTrain.Grains.Runs;

/// <summary>Collects the ranks' points within an epoch until all ranks have sent one, and makes metrics of them.</summary>
internal sealed class StepLedger(int worldSize)
{
    private readonly SortedDictionary<long, StepReport?[]> _open = [];

    public void Add(int rank, IEnumerable<StepReport> reports)
    {
        foreach (var report in reports)
        {
            if (!_open.TryGetValue(report.Step, out var ranks))
            {
                _open[report.Step] = ranks = new StepReport?[worldSize];
            }

            ranks[rank] = report;
        }
    }

    /// <summary>The metrics of the steps that every rank has reported, oldest first; step is the global step.</summary>
    public IReadOnlyList<MetricPoint> TakeComplete()
    {
        var points = new List<MetricPoint>();
        foreach (var (step, ranks) in _open.Where(entry => entry.Value.All(report => report is not null)).ToList())
        {
            _open.Remove(step);
            var time = ranks[0]!.Value.TimestampMilliseconds;
            var loss = ranks.Sum(report => report!.Value.LossSum) / ranks.Sum(report => report!.Value.Samples);
            points.Add(new MetricPoint("training_loss_step", loss, step, time));
            points.Add(new MetricPoint("learning_rate_step", ranks[0]!.Value.LearningRate, step, time));
        }

        return points;
    }
}
