using OrleansTrain.Grains.Abstractions.Trainers;

namespace OrleansTrain.Grains.Runs;

/// <summary>Collects the silos' shares of each checkpoint until all are there.</summary>
/// <param name="silos">Silos of the attempt.</param>
internal sealed class CheckpointLedger(int silos)
{
    private readonly SortedDictionary<long, SortedDictionary<int, CheckpointReport>> _open = [];

    /// <summary>No checkpoint waits for the share of a silo.</summary>
    public bool IsEmpty => _open.Count == 0;

    /// <summary>Adds what a silo's lowest rank has reported.</summary>
    public void Add(int rank, IEnumerable<CheckpointReport> reports)
    {
        foreach (var report in reports)
        {
            if (!_open.TryGetValue(report.Step, out var shares))
            {
                _open[report.Step] = shares = [];
            }

            shares[rank] = report;
        }
    }

    /// <summary>Takes out the checkpoints that every silo has reported, oldest first, shares in rank order.</summary>
    /// <param name="isCovered">Whether everything measured up to a step is stored: a run that goes on from there measures it no second time.</param>
    public IReadOnlyList<(long Step, IReadOnlyList<CheckpointReport> Shares)> TakeComplete(Func<long, bool> isCovered)
    {
        var complete = _open.Where(checkpoint => checkpoint.Value.Count == silos && isCovered(checkpoint.Key)).ToList();
        foreach (var (step, _) in complete)
        {
            _open.Remove(step);
        }

        return [.. complete.Select(checkpoint => (checkpoint.Key, (IReadOnlyList<CheckpointReport>)[.. checkpoint.Value.Values]))];
    }
}
