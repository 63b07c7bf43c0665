using OrleansTrain.Grains.Abstractions.Trainers;

namespace OrleansTrain.Grains.Runs;

/// <summary>Tells from the polls of an attempt whether it can still come to an end.</summary>
/// <param name="worldSize">Number of ranks.</param>
/// <param name="suspect">The silo that is at fault when a rank cannot be reached with this error.</param>
/// <param name="stepTimeout">Longest time in which no rank makes progress.</param>
/// <param name="start">When the attempt is first watched.</param>
internal sealed class AttemptWatch(int worldSize, Func<int, Exception, string> suspect, TimeSpan stepTimeout, DateTimeOffset start)
{
    // A call to a silo that has just died fails at once; one to a silo that hangs takes its time. Both get this long to be a hiccup.
    private static readonly TimeSpan Unreachable = TimeSpan.FromSeconds(3);

    private readonly DateTimeOffset?[] _unreachableSince = new DateTimeOffset?[worldSize];
    private readonly string?[] _lastProgress = new string?[worldSize];
    private DateTimeOffset _progressAt = start;
    private bool _heardOfLoss;

    /// <param name="polled">What each rank answered, or why it could not be asked.</param>
    /// <param name="now">When they answered: what has been waited for since is not the ranks' fault.</param>
    /// <exception cref="AttemptFailedException">A rank has failed, is gone, or nothing moves any more.</exception>
    public void Check((RankProgress? Progress, Exception? Error)[] polled, DateTimeOffset now)
    {
        for (var rank = 0; rank < polled.Length; rank++)
        {
            _unreachableSince[rank] = polled[rank].Error is null ? null : _unreachableSince[rank] ?? now;
        }

        var unreachable = Ranks(rank => polled[rank].Error is not null);
        var suspects = unreachable.Select(rank => suspect(rank, polled[rank].Error!)).Distinct().ToList();

        // A rank's own error says more than the loss its peers report because of it.
        var failures = polled.Select(rank => rank.Progress?.Failure).OfType<RankFailure>().ToList();
        if (failures.FirstOrDefault(failure => failure.Type != RankFailure.PeerLost) is { } own)
        {
            throw new AttemptFailedException(own.Message, own, suspects);
        }

        // The rank that caused it may have been asked just before it failed: it is asked once more before the loss is taken for the reason.
        if (failures.Count > 0 && (_heardOfLoss || polled.All(rank => rank.Error is not null || rank.Progress?.Failure is not null)))
        {
            throw new AttemptFailedException(failures[0].Message, failures[0], suspects);
        }

        _heardOfLoss = failures.Count > 0;

        if (unreachable.FirstOrDefault(rank => now - _unreachableSince[rank] >= Unreachable, -1) is >= 0 and var gone)
        {
            throw new AttemptFailedException(
                $"rank {gone} cannot be reached, silo {suspect(gone, polled[gone].Error!)} does not answer: {Surprises.FirstLine(polled[gone].Error!)}", null, suspects, polled[gone].Error);
        }

        NoteProgress(polled, now);

        // How long the last checkpoint takes is the object store's affair: no step is due.
        if (polled.All(rank => rank.Progress is { WaitsForCheckpoint: true } or { Phase: RankPhase.Completed or RankPhase.Stopped }))
        {
            _progressAt = now;
        }

        if (now - _progressAt > stepTimeout)
        {
            throw new AttemptFailedException(
                $"no rank has taken a step for {stepTimeout.TotalSeconds:F0} s (step_timeout)", null, suspects);
        }
    }

    private void NoteProgress((RankProgress? Progress, Exception? Error)[] polled, DateTimeOffset now)
    {
        for (var rank = 0; rank < polled.Length; rank++)
        {
            if (polled[rank].Progress is { } progress)
            {
                var state = $"{progress.Phase} {progress.Step} {progress.Beat} {progress.Epochs.Count} {progress.Checkpoints.Count}";
                if (_lastProgress[rank] != state)
                {
                    _lastProgress[rank] = state;
                    _progressAt = now;
                }
            }
        }
    }

    private List<int> Ranks(Func<int, bool> which) => [.. Enumerable.Range(0, worldSize).Where(which)];
}
