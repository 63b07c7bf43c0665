using OrleansTrain.Grains.Abstractions.Trainers;
using OrleansTrain.Storage;

namespace OrleansTrain.Grains.Runs;

/// <summary>Completing checkpoints while the ranks train on.</summary>
internal sealed partial class TrainingGrain
{
    // Longer than a healthy store needs for most models; what takes longer is said, and is no reason to stop.
    private static readonly TimeSpan LateCheckpoint = TimeSpan.FromSeconds(10);

    // For the last checkpoint of a run: a store that is away is waited for, a full one only for as long as somebody may be making room.
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan PatienceWithFullStore = TimeSpan.FromMinutes(1);

    private string _checkpointError = "";
    private long _lateCheckpoint = -1;

    private void AddCheckpoints(CheckpointCommits commits, (RankProgress? Progress, Exception? Error)[] polled)
    {
        foreach (var progress in polled.Select(rank => rank.Progress).OfType<RankProgress>())
        {
            commits.Add(progress.Rank, progress.Checkpoints.Where(report => report.Step > State.CheckpointStep));
        }
    }

    // What is known of them after this is stored with what else the ranks say when they are next asked.
    private async Task AdvanceCheckpoints(CheckpointCommits commits)
    {
        // After an outage many may be known to have failed: those are dealt with together.
        var failed = new List<CheckpointResult>();
        while (true)
        {
            commits.StartNext(IsCovered);
            if (await commits.TakeResult() is not { } result)
            {
                break;
            }

            // Failed or not, the ranks must not offer it again.
            State.CheckpointStep = result.Step;
            if (result.Complete is { } complete)
            {
                (State.GoodCheckpointStep, State.CheckpointUri, State.WeightsSha256) = (complete.Step, complete.Uri, complete.WeightsSha256);
            }
            else
            {
                failed.Add(result);
            }
        }

        if (failed is [.., var last])
        {
            _checkpointError = last.Error!;
            var which = failed.Count == 1 ? $"the checkpoint after step {last.Step}" : $"{failed.Count} checkpoints, the last of them after step {last.Step},";
            Warn($"{which} could not be written, the one before it is kept: {last.Error}");
        }
    }

    // Ranks are asked one by one: a checkpoint may be known before the epoch that it ends, or a point before it, has come from all of them.
    // The epoch is stored by then: an attempt that begins after it measures it no second time.
    private bool IsCovered(long step) =>
        step / State.StepsPerEpoch <= _stored.Epoch
        && (State.Spec!.LogEverySteps <= 0 || step - (step % State.Spec.LogEverySteps) <= State.LoggedStep);

    private async Task<CheckpointResult> CommitCheckpoint(long step, IReadOnlyList<CheckpointReport> shares, CancellationToken cancellationToken)
    {
        if (shares.FirstOrDefault(share => share.Error is not null) is { } failed)
        {
            return new CheckpointResult(step, null, failed.Error);
        }

        var isLast = step >= State.StepsPerEpoch * State.Spec!.Epochs;
        var started = time.GetTimestamp();
        while (true)
        {
            try
            {
                return new CheckpointResult(step, await checkpoints.Commit(State.Spec!, RunId, shares, State.Epochs, cancellationToken), null);
            }
            catch (ObjectStoreException error) when (isLast && MayPass(error, time.GetElapsedTime(started)))
            {
                Warn($"the last checkpoint, after step {step}, could not be completed yet and is tried again: {error.Message}");
                await Task.Delay(RetryPause, time, cancellationToken);
            }
            catch (ObjectStoreException error)
            {
                return new CheckpointResult(step, null, error.Message);
            }
        }
    }

    private static bool MayPass(ObjectStoreException error, TimeSpan since) =>
        error.Error == ObjectStoreError.Unavailable || (error.Error == ObjectStoreError.NoSpace && since < PatienceWithFullStore);

    private Task PruneCheckpoints(long step, CancellationToken cancellationToken) =>
        checkpoints.Prune(State.Spec!, RunId, step, Warn, cancellationToken);

    // Once for each outage: a line that counts seconds would be a new warning with every poll.
    private void SayWhatCheckpointsWaitFor(CheckpointCommits commits, (RankProgress? Progress, Exception? Error)[] polled)
    {
        var writes = polled.Select(rank => rank.Progress?.Writing).Append(commits.Committing).OfType<CheckpointWrite>().ToList();
        if (writes.Find(write => write.Since > LateCheckpoint) is { Since.Ticks: > 0 } late)
        {
            if (_lateCheckpoint < 0)
            {
                var trains = polled.All(rank => rank.Progress is { Phase: RankPhase.Running, WaitsForCheckpoint: false });
                Warn($"waiting for the object store: it has not taken the checkpoint after step {late.Step} within {LateCheckpoint.TotalSeconds:F0} s"
                    + (trains ? "; training goes on meanwhile" : ""));
            }

            _lateCheckpoint = late.Step;
        }
        else if (_lateCheckpoint >= 0 && writes.Count == 0)
        {
            Warn($"the object store answers again: the checkpoint after step {_lateCheckpoint} is dealt with");
            _lateCheckpoint = -1;
        }
    }
}
