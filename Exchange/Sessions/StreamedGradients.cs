using System.Diagnostics;
using OrleansTrain.Exchange.Layout;
using OrleansTrain.Exchange.Synchronization;

namespace OrleansTrain.Exchange.Sessions;

/// <summary>
/// Small gradients that the ranks of a silo copy for each other, in the steps in which that is faster than reading them where they are. It is while the
/// ranks' cores are far from each other (two sockets, two third-level caches, a host that moves virtual cores), and no processor says so: both ways are
/// tried in turn (<see cref="TwoWayTrial"/>). The sums are the same bits either way.
/// </summary>
internal sealed unsafe class StreamedGradients : IDisposable
{
    private readonly TwoWayTrial _trial = new();
    private readonly WorkQueue _shares;
    private readonly GradientCopy[] _copies;
    private long _ended = Stopwatch.GetTimestamp();

    private StreamedGradients(SessionShape shape, WorkQueue shares, int ranks)
    {
        _shares = shares;
        _copies = [.. Enumerable.Range(0, ranks).Select(rank => new GradientCopy(shape, shares, rank))];
    }

    /// <summary>Whether ranks copy what they bring to the step that is under way. Changes with <see cref="StepEnded"/> alone.</summary>
    public bool IsOn { get; private set; }

    /// <summary>For ranks that have nobody but each other, cores of their own, and gradients that fit a core's cache; null for others.</summary>
    /// <param name="shares">Who starts with which chunk of the silo's shard.</param>
    /// <param name="spin">Of threads that have a core each.</param>
    public static StreamedGradients? Create(SessionShape shape, ParameterBuffer parameters, WorkQueue shares, SpinPolicy spin) =>
        shape.Plan.Silos.Count == 1 && shape.LocalRanks.Count > 1 && ParameterCopy.Suits(parameters.Length) && spin != SpinPolicy.None
            ? new StreamedGradients(shape, shares, shape.LocalRanks.Count)
            : null;

    /// <summary>Copies what a rank has brought to the step. To be called before it says that it has come.</summary>
    public void Write(RankWorker worker) => _copies[worker.Index].Write(worker.Gradients);

    /// <summary>Whether there are copies of a chunk for a rank: for its own share, not for what it helps others with.</summary>
    public bool HasFor(RankWorker reader, int chunk) => IsOn && _shares.Owner(chunk) == reader.Index;

    /// <summary>A rank's gradient in the copy, for readers for whom it is there.</summary>
    /// <param name="rank">The rank's number among the ranks of this silo; not the reader's.</param>
    public float* Of(int rank, in Piece piece) => _copies[rank].Of(piece);

    /// <summary>All ranks are done with the step, and none has been told so.</summary>
    public void StepEnded()
    {
        var now = Stopwatch.GetTimestamp();
        _trial.StepEnded(now - _ended);
        _ended = now;
        IsOn = _trial.Second;
    }

    public void Dispose()
    {
        foreach (var copy in _copies)
        {
            copy.Dispose();
        }
    }
}
