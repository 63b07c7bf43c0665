using OrleansTrain.Grains.Abstractions.Trainers;

namespace OrleansTrain.Grains.Runs;

/// <summary>Collects the silos' shares of each checkpoint until all are there.</summary>
/// <param name="silos">Silos of the attempt.</param>
internal sealed class CheckpointLedger(int silos)
{
    private readonly SortedDictionary<long, SortedDictionary<int, CheckpointReport>> _open = [];

    // Silos repeat their reports until a checkpoint is stored with the run, which is later than it was taken out here.
    private long _taken = -1;

    /// <summary>No checkpoint waits for the share of a silo.</summary>
    public bool IsEmpty => _open.Count == 0;

    /// <summary>Adds what a silo's lowest rank has reported; what was taken out before is passed over.</summary>
    public void Add(int rank, IEnumerable<CheckpointReport> reports)
    {
        foreach (var report in reports.Where(report => report.Step > _taken))
        {
            if (!_open.TryGetValue(report.Step, out var shares))
            {
                _open[report.Step] = shares = [];
            }

            shares[rank] = report;
        }
    }

    /// <summary>Takes out the oldest checkpoint that every silo has reported, shares in rank order; null when there is none.</summary>
    /// <param name="isCovered">Whether everything measured up to a step is stored: a run that goes on from there measures it no second time.</param>
    public (long Step, IReadOnlyList<CheckpointReport> Shares)? TakeNext(Func<long, bool> isCovered)
    {
        foreach (var (step, shares) in _open)
        {
            if (shares.Count == silos && isCovered(step))
            {
                _open.Remove(step);
                _taken = step;
                return (step, [.. shares.Values]);
            }
        }

        return null;
    }
}
