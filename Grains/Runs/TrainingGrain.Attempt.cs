using OrleansTrain.Faults;
using OrleansTrain.Grains.Abstractions.Cluster;
using OrleansTrain.Grains.Abstractions.Runs;
using OrleansTrain.Grains.Abstractions.Tracking;
using OrleansTrain.Grains.Abstractions.Trainers;
using OrleansTrain.Grains.Placement;

namespace OrleansTrain.Grains.Runs;

/// <summary>One attempt: from reserved slots to the last step and the test of the last checkpoint.</summary>
internal sealed partial class TrainingGrain
{
    // Nobody needs to know sooner how far a run is; asked more often, the ranks of a run with short epochs are held up by it.
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(500);

    // Ranks end together: asked once for all of it.
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(50);

    // Within epochs without checkpoints: so that ranks need not repeat their points for ever.
    private static readonly TimeSpan LongestUnstored = TimeSpan.FromSeconds(5);

    // A checkpoint of a large model to a slow store takes its time; the caller of cancel waits for a minute.
    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan LongestSearch = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan LongestSettling = TimeSpan.FromSeconds(5);

    private async Task<Attempt> Begin(Reservation reservation)
    {
        State.Attempt++;
        State.Placement = [.. reservation.Slots];
        State.Phase = RunPhase.Starting;
        State.Message = State.Attempt == 1 ? "loading model and data" : "looking for the newest checkpoint in the object store";
        _lateCheckpoint = -1;
        await Persist();
        Changed();

        var attempt = CurrentAttempt();
        LogAttemptStarts(RunId, attempt.Number, string.Join(", ", attempt.Slots.Select(slot => slot.Silo).Distinct()));
        try
        {
            var start = await checkpoints.Newest(State.Spec!, RunId, Warn, _cancelling.Token);
            (State.GoodCheckpointStep, State.CheckpointUri, State.WeightsSha256) = (start?.Step ?? -1, start?.Uri, start?.WeightsSha256);
            State.CheckpointStep = State.GoodCheckpointStep;
            State.Message = "loading model and data";
            Changed();
            FaultPoint.Reach("attempt.begun");
            var prepared = await attempt.Prepare(start?.Step).WaitAsync(_cancelling.Token);
            State.StepsPerEpoch = prepared[0].StepsPerEpoch;
            State.SamplesPerEpoch = prepared[0].SamplesPerEpoch;
            await LogDataset(prepared[0]);
            FaultPoint.Reach("attempt.prepared");
            await attempt.Connect(prepared).WaitAsync(_cancelling.Token);
            await attempt.Run();
        }
        catch
        {
            await attempt.Stop("the attempt could not start");
            throw;
        }

        State.Phase = RunPhase.Training;
        State.Message = "";
        await Persist();
        await Tell(tracking => tracking.SetStatus(RunPhase.Training.ToMlflowStatus(), null));
        Changed();
        return attempt;
    }

    // After this grain was lost and came back elsewhere its ranks may be training on: nothing need be done over.
    private async Task<Attempt?> TryAdopt()
    {
        if (State.Phase != RunPhase.Training || State.Placement.Count == 0)
        {
            return null;
        }

        var attempt = CurrentAttempt();
        var polled = await attempt.Poll(_stored);
        var since = time.GetTimestamp();
        while (polled.All(rank => IsGoing(rank) || (rank.Error is { } error && !SiloLoss.IsCertain(error))) && time.GetElapsedTime(since) < LongestSearch)
        {
            if (polled.All(IsGoing))
            {
                LogAdopted(RunId, attempt.Number);
                return attempt;
            }

            // The silo of the activation before this one is gone, and calls fail until the others have found their way round it.
            await _signal.Wait(PollInterval, time);
            polled = await attempt.Poll(_stored);
        }

        await attempt.Stop("the attempt has lost ranks");
        var lost = polled.Select((rank, index) => (rank, index)).First(rank => !IsGoing(rank.rank));
        var suspects = polled.Select((rank, index) => (rank, index)).Where(rank => rank.rank.Error is not null).Select(rank => attempt.Suspect(rank.index, rank.rank.Error!));
        throw new AttemptFailedException(
            $"rank {lost.index} was lost: {(lost.rank.Error is { } unreachable ? Surprises.FirstLine(unreachable) : null) ?? lost.rank.Progress?.Failure?.Message ?? "it is no longer running"}",
            lost.rank.Progress?.Failure, [.. suspects.Distinct()]);
    }

    private static bool IsGoing((RankProgress? Progress, Exception? Error) rank) =>
        rank.Progress is { Phase: RankPhase.Running or RankPhase.Completed or RankPhase.Stopped };

    private Attempt CurrentAttempt() =>
        new(RunId, State.Attempt, State.Spec! with { Device = State.Device }, State.Placement, GrainFactory);

    private async Task Follow(Attempt attempt)
    {
        // Ended with the attempt, before the next one looks for checkpoints.
        await using var commits = new CheckpointCommits(
            new CheckpointLedger(attempt.Slots.Select(slot => slot.Silo).Distinct().Count()), CommitCheckpoint, PruneCheckpoints, time);
        var watch = new AttemptWatch(attempt.WorldSize, attempt.Suspect, TimeSpan.FromSeconds(State.Spec!.StepTimeoutSeconds), time.GetUtcNow());
        var epochs = new EpochLedger(attempt.WorldSize);
        var steps = new StepLedger(attempt.WorldSize);
        DateTimeOffset? stopping = null;
        while (true)
        {
            if (_deactivating.IsCancellationRequested)
            {
                return;
            }

            var polled = await attempt.Poll(_stored);
            var polledAt = time.GetUtcNow();
            Observe(polled);
            await TellMetrics(steps, epochs, polled);
            AddCheckpoints(commits, polled);
            await AdvanceCheckpoints(commits);
            await Store(commits);
            SayWhatCheckpointsWaitFor(commits, polled);
            watch.Check(polled, polledAt);
            await CollectTrace(attempt, polled);

            if (polled.All(rank => rank.Progress?.Phase == RankPhase.Completed) && State.Epochs.Count >= State.Spec.Epochs && commits.IsIdle)
            {
                await Finish(attempt, commits);
                return;
            }

            if (stopping is { } since && (HasStopped(polled, commits) || IsOverdue(since)))
            {
                await AfterStop();
                return;
            }

            if (stopping is null && (State.CancelReason is not null || attempt.Slots.Any(slot => _leaving.Contains(slot.Silo))))
            {
                stopping = time.GetUtcNow();
                State.Message = State.CancelReason is null ? "a silo is leaving: its ranks move at the next step" : "stopping after the current step";
                Changed();
                await attempt.RequestStop();
            }

            await WaitForNews(commits, HaveEnded(polled));
        }
    }

    // Until the ranks are to be asked again. Completing checkpoints meanwhile needs no word of theirs, but the end of a run does not wait for its turn.
    private async Task WaitForNews(CheckpointCommits commits, bool haveEnded)
    {
        var asked = time.GetTimestamp();
        Task? due;
        do
        {
            await AdvanceCheckpoints(commits);
            due = commits.Due;
        }
        while (PollInterval - time.GetElapsedTime(asked) is { Ticks: > 0 } left
            && !await _signal.Wait(left, time, Gathering, due)
            && due is { IsCompleted: true } && !haveEnded);
    }

    private static bool HasStopped((RankProgress? Progress, Exception? Error)[] polled, CheckpointCommits commits) =>
        HaveEnded(polled) && commits.IsIdle;

    private static bool HaveEnded((RankProgress? Progress, Exception? Error)[] polled) =>
        polled.All(rank => rank.Progress?.Phase is RankPhase.Stopped or RankPhase.Completed);

    // Someone who cancels waits for the checkpoint of the last step, but not for an object store that is away.
    private bool IsOverdue(DateTimeOffset stopping)
    {
        if (State.CancelReason is null || time.GetUtcNow() - stopping < LongestStop)
        {
            return false;
        }

        Warn($"stopped without a checkpoint of the last step, which could not be completed within {LongestStop.TotalSeconds:F0} s; the one before it is kept");
        return true;
    }

    private void Observe((RankProgress? Progress, Exception? Error)[] polled)
    {
        _ranks = [.. polled.Select((rank, index) => rank.Progress ?? _ranks.ElementAtOrDefault(index))];
        foreach (var warning in polled.SelectMany(rank => rank.Progress?.Warnings ?? []))
        {
            Warn(warning);
        }

        if (_ranks.All(rank => rank is not null) && _ranks.MinBy(rank => rank!.Step) is { } slowest)
        {
            _speed.Update(slowest, State.Spec!.BatchSizePerRank * _ranks.Length);
            if (slowest.Step > State.Step)
            {
                State.Step = slowest.Step;
            }

            if (slowest.Seconds > 0)
            {
                NoteFirstStep(slowest);
            }
        }

        Changed();
    }

    private void NoteFirstStep(RankProgress rank)
    {
        if (State.LoadSeconds == 0)
        {
            State.LoadSeconds = Math.Max((time.GetUtcNow() - State.AcceptedAt).TotalSeconds - rank.Seconds, 0);
        }

        if (State.LostAt is { } lost)
        {
            State.RecoverySeconds = Math.Max((time.GetUtcNow() - lost).TotalSeconds - rank.Seconds, 0);
            State.LostAt = null;
            Warn($"attempt {State.Attempt} goes on {State.RecoverySeconds:F1} s after the failure was noticed");
        }
    }

    private Committed Reached => new(State.Epochs.Count, State.LoggedStep, State.CheckpointStep);

    private async Task TellMetrics(StepLedger steps, EpochLedger epochs, (RankProgress? Progress, Exception? Error)[] polled)
    {
        foreach (var progress in polled.Select(rank => rank.Progress).OfType<RankProgress>())
        {
            steps.Add(progress.Rank, progress.Steps.Where(report => report.Step > State.LoggedStep));
            foreach (var report in progress.Epochs.Where(report => report.Epoch > State.Epochs.Count))
            {
                epochs.Add(progress.Rank, report);
            }
        }

        var points = steps.TakeComplete();
        var closed = new List<(EpochSummary Summary, long TimestampMilliseconds)>();
        while (epochs.TryClose(State.Epochs.Count + closed.Count + 1) is { } next)
        {
            closed.Add(next);
        }

        if (points.Count == 0 && closed.Count == 0)
        {
            return;
        }

        // First to the run grain, which lets each (key, step) through once, then to our own state: a crash in between repeats the first.
        await Tell(tracking => tracking.LogMetrics([.. points, .. closed.SelectMany(Points)]));
        if (points.Count > 0)
        {
            State.LoggedStep = points.Max(point => point.Step);
        }

        if (closed.Count > 0)
        {
            FaultPoint.Reach("epoch.told");
            State.Epochs.AddRange(closed.Select(epoch => epoch.Summary));
        }
    }

    // Epochs that have ended and checkpoints that have been completed since the ranks were last asked, in one write.
    private async Task Store(CheckpointCommits commits)
    {
        var reached = Reached;
        if (reached.Epoch != _stored.Epoch || reached.Checkpoint != _stored.Checkpoint
            || (reached != _stored && time.GetUtcNow() - _storedAt > LongestUnstored))
        {
            await Persist();
            Changed();
        }

        // Also by a call that stores the run, as Cancel does.
        if (_stored.Checkpoint == State.CheckpointStep)
        {
            commits.Stored();
        }
    }

    private static IEnumerable<MetricPoint> Points((EpochSummary Summary, long TimestampMilliseconds) epoch) =>
        epoch.Summary.Metrics.Select(metric => new MetricPoint(metric.Key, metric.Value, epoch.Summary.Epoch, epoch.TimestampMilliseconds));

    private async Task AfterStop()
    {
        if (State.CancelReason is null)
        {
            State.Phase = RunPhase.Recovering;
            State.Message = "moving ranks off a silo that is leaving";
            State.LostAt = time.GetUtcNow();
        }

        // None of its ranks is to be found any more.
        State.Placement = [];
        await Persist();
        Changed();
    }

    private async Task Finish(Attempt attempt, CheckpointCommits commits)
    {
        if (State.GoodCheckpointStep < State.StepsPerEpoch * State.Spec!.Epochs)
        {
            // The one before it is not the model that was trained.
            throw new AttemptFailedException(
                $"the last checkpoint could not be written, so the trained model is not in the store: {_checkpointError} "
                + $"When that is mended, 'orleanstrain resume {RunId}' goes on from the checkpoint before it.", null, [])
            { IsFinal = true };
        }

        State.Phase = RunPhase.Evaluating;
        State.Message = "testing the last checkpoint";
        Changed();
        await LogExchange(attempt);
        FaultPoint.Reach("run.evaluating");
        var reports = await attempt.Evaluate(State.GoodCheckpointStep, "test").WaitAsync(_cancelling.Token);
        if (reports.Select(report => report.NotTested).FirstOrDefault(missing => missing is not null) is { } reason)
        {
            Warn($"the model is trained but not tested: {reason}");
        }

        State.Evaluation = reports.OrderBy(report => report.Rank)
            .SelectMany(report => report.Sums)
            .GroupBy(sum => sum.Key, sum => sum.Value, StringComparer.Ordinal)
            .ToDictionary(sums => "test_" + sums.Key, sums => sums.Sum(sum => sum.Sum) / sums.Sum(sum => sum.Weight));
        await commits.Settle(LongestSettling);
        // Once the attempt has been stopped: End gives its slots to the next run, which must not find the memory taken.
        _next = () => End(RunPhase.Finished, "");
    }
}
