using System.Diagnostics;
using Orleans.Storage;
using OrleansTrain.Faults;
using OrleansTrain.Grains.Abstractions.Cluster;
using OrleansTrain.Grains.Abstractions.Runs;
using OrleansTrain.Grains.Abstractions.Trainers;
using OrleansTrain.Ranks;

namespace OrleansTrain.Grains.Runs;

/// <summary>The state machine: attempts until one ends the run.</summary>
internal sealed partial class TrainingGrain
{
    // How long a silo that failed the run is left out when others can take its ranks: longer than the cluster needs to declare it dead.
    private static readonly TimeSpan Avoidance = TimeSpan.FromSeconds(20);

    // A run that ends waits for MLflow, but not for one that is away; someone who pressed Ctrl-C waits less.
    private static readonly TimeSpan FlushAtEnd = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan FlushWhenKilled = TimeSpan.FromSeconds(2);

    // What is to be done before anything else, and again until it succeeds: it must not be forgotten because a store or a silo is away.
    private Func<Task>? _next;
    private bool _isReplaced;

    private readonly Dictionary<string, DateTimeOffset> _avoided = new(StringComparer.Ordinal);
    private readonly HashSet<string> _leaving = new(StringComparer.Ordinal);

    // Ranks forget what they are told of this: it is what would be known after a crash.
    private Committed _stored = Committed.Nothing;
    private DateTimeOffset _storedAt;

    private async Task Drive()
    {
        // What it does for hours is no part of the call that began it: spans are asked for where they tell something.
        Activity.Current = null;
        while (!State.Phase.IsTerminal() && !_deactivating.IsCancellationRequested)
        {
            try
            {
                // Keeps the activation for as long as the run needs it.
                DelayDeactivation(TimeSpan.FromHours(1));
                if (_next is { } next)
                {
                    await next();
                    _next = null;
                }
                else
                {
                    await DriveOnce();
                }
            }
            catch (AttemptFailedException failure)
            {
                NoteFailure(failure);
            }
            catch (OperationCanceledException) when (State.CancelReason is not null)
            {
                // Cancelled while an attempt was being prepared or tested: the next turn ends the run.
            }
            catch (ReplacedException)
            {
                // This activation must not act for the run any more, nor answer for it: the next one goes on with what is stored.
                LogReplaced(RunId);
                _isReplaced = true;
                _statusChanged.Raise();
                DeactivateOnIdle();
                return;
            }
            catch (Exception error) when (_next is null && Surprises.IsMistake(error) && !_deactivating.IsCancellationRequested)
            {
                // It may go wrong the same way each time: counted, so that max_failures ends it.
                // Seconds are counted when an attempt ends: one that ended with this grain's silo has left only its checkpoint.
                NoteFailure(Surprises.Failure(error, hasTrained: State.CheckpointUri is not null || State.TrainSeconds > 0));
                await _signal.Wait(TimeSpan.FromSeconds(1), time);
            }
#pragma warning disable CA1031 // Whatever it is (Redis away, a silo leaving): the run survives it and says so.
            catch (Exception error) when (!_deactivating.IsCancellationRequested)
#pragma warning restore CA1031
            {
                LogDriveFailed(error, RunId);
                State.Message = $"waiting to go on after: {Surprises.FirstLine(error)}";
                Changed();
                await _signal.Wait(TimeSpan.FromSeconds(1), time);
            }
        }
    }

    private async Task DriveOnce()
    {
        // Also when it is to end: ranks that run are stopped with a checkpoint, by whichever activation.
        var attempt = await TryAdopt();
        if (attempt is null)
        {
            if (State.CancelReason is not null)
            {
                await End(RunPhase.Killed, State.CancelReason);
                return;
            }

            var reservation = await ReserveSlots();
            if (!reservation.IsGranted)
            {
                return;
            }

            using var span = TrainingTelemetry.Source.StartActivity($"attempt {State.Attempt + 1}", ActivityKind.Internal, State.Trace);
            span?.SetTag("run_id", RunId);
            attempt = await Begin(reservation);
        }

        var isOurs = true;
        try
        {
            await Follow(attempt);
        }
        catch (AttemptFailedException failure) when (failure is { Suspects.Count: 0, IsFinal: false })
        {
            // A rank that has lost its peers says so before anybody has noticed which silo is gone.
            throw new AttemptFailedException(failure.Message, failure.Failure, await attempt.FindUnreachable(), failure);
        }
        catch (ReplacedException)
        {
            // The ranks are the next activation's, which adopts them, or are told by it that they are not wanted any more.
            isOurs = false;
            throw;
        }
        finally
        {
            _ranks = [];
            CountTime();
            if (isOurs && !_deactivating.IsCancellationRequested)
            {
                await attempt.Stop("the attempt has ended");
            }
        }
    }

    private async Task<Reservation> ReserveSlots()
    {
        var now = time.GetUtcNow();
        foreach (var silo in _avoided.Where(silo => silo.Value < now).Select(silo => silo.Key).ToList())
        {
            _avoided.Remove(silo);
        }

        var spec = State.Spec!;
        var device = State.Device.Length > 0 ? State.Device : spec.Device;
        var reservation = await Cluster.Reserve(RunId, spec.Ranks, device, [.. _avoided.Keys.Union(_leaving)]);
        if (reservation.IsGranted)
        {
            FaultPoint.Reach("slots.reserved");
            State.Device = reservation.Device;
            return reservation;
        }

        State.Phase = State.Attempt == 0 ? RunPhase.Waiting : RunPhase.Recovering;
        if (State.Message != reservation.WaitingFor)
        {
            State.Message = reservation.WaitingFor;
            Changed();
        }

        await _signal.Wait(TimeSpan.FromSeconds(1), time);
        return reservation;
    }

    private void NoteFailure(AttemptFailedException failure)
    {
        LogAttemptFailed(failure, RunId, State.Attempt);
        var now = time.GetUtcNow();
        foreach (var silo in failure.Suspects)
        {
            _avoided[silo] = now + Avoidance;
        }

        var (isSameLoss, verdict) = FailureRules.Count(State, failure, now);
        if (verdict is not null)
        {
            State.Error = failure.Failure?.Details ?? failure.ToString();
            _next = () => End(RunPhase.Failed, verdict);
            return;
        }

        Warn($"attempt {State.Attempt} failed: {failure.Message}");
        State.Phase = RunPhase.Recovering;
        State.Message = Surprises.FirstLine(failure);
        Changed();
        _next = isSameLoss ? PersistAndPause : Persist;
    }

    // The cluster is still finding its way round a lost silo: trying again at once would only fail again.
    private async Task PersistAndPause()
    {
        await Persist();
        await _signal.Wait(TimeSpan.FromSeconds(1), time);
    }

    private async Task End(RunPhase phase, string message)
    {
        CountTime();
        await Cluster.Release(RunId);
        await PublishResults(phase);
        FaultPoint.Reach("run.published");
        var left = await Tracking.Flush(phase == RunPhase.Killed ? FlushWhenKilled : FlushAtEnd);
        if (left.Pending > 0)
        {
            Warn($"{left.Pending} entries could not be delivered to MLflow yet and are kept for it: {left.LastError}");
        }

        if (left.Lost > 0)
        {
            Warn($"{left.Lost} entries will never show in MLflow: {left.LastLoss}");
        }

        // Only now: whoever sees a run ended may rely on finding it in MLflow, or on being told what is missing.
        State.Phase = phase;
        State.Message = message;
        State.Placement = [];
        await Persist();
        if (await this.GetReminder(Reminder) is { } reminder)
        {
            await this.UnregisterReminder(reminder);
        }

        LogEnded(RunId, phase, message);
        Changed();
    }

    private void CountTime()
    {
        State.TrainSeconds += _speed.Seconds;
        _speed = new RunSpeed();
    }

    // Training does not need the state store; only this grain does. It waits for the store rather than lose the run.
    private async Task Persist()
    {
        for (var warned = false; ; warned = true)
        {
            try
            {
                var written = Reached;
                await storage.WriteStateAsync();
                (_stored, _storedAt) = (written, time.GetUtcNow());
                return;
            }
            catch (InconsistentStateException error)
            {
                // Or it was this one: a write that arrives, and whose answer is lost, is in the way of its own repetition.
                throw new ReplacedException(RunId, error);
            }
            catch (Exception error) when (!_deactivating.IsCancellationRequested)
            {
                if (!warned)
                {
                    Warn($"grain state cannot be stored for now, will be retried: {Surprises.FirstLine(error)}");
                }

                await Task.Delay(TimeSpan.FromSeconds(1), time, _deactivating.Token);
            }
        }
    }
}
