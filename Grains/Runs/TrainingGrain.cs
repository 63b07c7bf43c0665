using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Placement;
using OrleansTrain.Grains.Abstractions.Cluster;
using OrleansTrain.Grains.Abstractions.Runs;
using OrleansTrain.Grains.Abstractions.Specs;
using OrleansTrain.Grains.Abstractions.Tracking;
using OrleansTrain.Grains.Runs.State;
using OrleansTrain.Grains.Signals;

namespace OrleansTrain.Grains.Runs;

/// <inheritdoc cref="ITrainingGrain"/>
/// <remarks>
/// The calls of the interface are here; what the run does by itself is in <c>TrainingGrain.Drive.cs</c> (the state machine)
/// and <c>TrainingGrain.Attempt.cs</c> (one attempt of it).
/// </remarks>
[Reentrant, Immovable]
internal sealed partial class TrainingGrain(
    [PersistentState("training", GrainStorageNames.State)] IPersistentState<TrainingState> storage,
    RunCheckpoints checkpoints,
    TimeProvider time,
    ILogger<TrainingGrain> logger) : Grain, ITrainingGrain, IRemindable, IDisposable
{
    // Brings a run back when every silo that knew of it is gone; recovery among survivors does not wait for it.
    private const string Reminder = "run";

    // Callers of Cancel ask again.
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(3);

    private readonly CancellationTokenSource _deactivating = new();
    private readonly LoopSignal _signal = new();

    // Ends waits for servers that a user who has cancelled the run, or a silo that leaves, should not have to sit out.
    private CancellationTokenSource _cancelling = new();
    private Task _drive = Task.CompletedTask;

    private TrainingState State => storage.State;

    private string RunId => this.GetPrimaryKeyString();

    private IRunGrain Tracking => GrainFactory.GetGrain<IRunGrain>(RunId);

    private IClusterGrain Cluster => GrainFactory.GetGrain<IClusterGrain>(IClusterGrain.Key);

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _stored = Reached;
        ResumeDriving();
        return Task.CompletedTask;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await _deactivating.CancelAsync();
        await _cancelling.CancelAsync();
        _signal.Raise();
        _statusChanged.Raise();
        await _drive.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    public void Dispose()
    {
        _deactivating.Dispose();
        _cancelling.Dispose();
    }

    public async Task Start(RunSpec spec, string experimentId, string trackingUri)
    {
        if (State.Phase == RunPhase.Unknown)
        {
            await Accept(spec, experimentId, trackingUri);
        }

        await KeepGoing();
    }

    private async Task Accept(RunSpec spec, string experimentId, string trackingUri)
    {
        State.Spec = spec;
        State.ExperimentId = experimentId;
        State.TrackingUri = trackingUri;
        State.Trace = Activity.Current?.Id;
        State.Phase = RunPhase.Waiting;
        State.AcceptedAt = time.GetUtcNow();
        await Persist();
    }

    // Asked again by a client that could not know whether it was heard: what an interrupted call has left undone is done.
    private async Task KeepGoing()
    {
        ResumeDriving();
        if (!State.Phase.IsTerminal())
        {
            await this.RegisterOrUpdateReminder(Reminder, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));
        }
    }

    public async Task<RunStatus> Cancel(string reason)
    {
        if (State.Phase == RunPhase.Unknown || State.Phase.IsTerminal())
        {
            return await GetStatus();
        }

        State.CancelReason ??= reason;
        ResumeDriving();
        await _cancelling.CancelAsync();
        _signal.Raise();
        await Persist();
        var asked = time.GetTimestamp();
        while (!State.Phase.IsTerminal() && !_isReplaced && !_deactivating.IsCancellationRequested && time.GetElapsedTime(asked) < LongestAnswer)
        {
            await _statusChanged.Changed(TimeSpan.FromSeconds(1), time);
        }

        return await GetStatus();
    }

    public async Task Resume(int? epochs)
    {
        if (State.Spec is null)
        {
            throw new RunRefusedException($"No run {RunId} is known here: `orleanstrain runs` lists those that are.");
        }

        if (!State.Phase.IsTerminal())
        {
            if (!_drive.IsCompleted)
            {
                throw new RunRefusedException($"Run {RunId} has not ended: it is {State.Phase}.");
            }

            // Resumed by a call that was cut short before it could go on.
            await KeepGoing();
            return;
        }

        var wanted = epochs ?? State.Spec.Epochs;
        if (State.Phase == RunPhase.Finished && wanted <= State.Epochs.Count)
        {
            throw new RunRefusedException($"Run {RunId} has finished all {State.Epochs.Count} epochs: give --epochs with more to train it further.");
        }

        if (wanted < State.Epochs.Count)
        {
            throw new RunRefusedException($"Run {RunId} has {State.Epochs.Count} epochs behind it: --epochs {wanted} would have to undo some.");
        }

        State.Spec = State.Spec with { Epochs = wanted };
        State.Phase = RunPhase.Waiting;
        State.Failures = 0;
        State.CancelReason = null;
        _cancelling.Dispose();
        _cancelling = new CancellationTokenSource();
        State.Trace = Activity.Current?.Id;
        State.LastTaskError = null;
        State.Error = "";
        State.AcceptedAt = time.GetUtcNow();
        await Persist();
        await KeepGoing();
        await Tracking.SetStatus(RunPhase.Training.ToMlflowStatus(), null);
    }

    public Task<bool> Nudge(int attempt, int rank)
    {
        // Reaching this grain is what matters: an activation that was lost has driven on since OnActivateAsync.
        _signal.Raise();
        return Task.FromResult(attempt >= State.Attempt && !State.Phase.IsTerminal());
    }

    public Task SiloLeaving(string silo)
    {
        if (State.Placement.Any(slot => slot.Silo == silo))
        {
            _leaving.Add(silo);
            _signal.Raise();
        }

        return Task.CompletedTask;
    }

    public Task ReceiveReminder(string reminderName, TickStatus status)
    {
        ResumeDriving();
        return Task.CompletedTask;
    }

    private void ResumeDriving()
    {
        if (State.Spec is not null && !State.Phase.IsTerminal() && _drive.IsCompleted && !_isReplaced)
        {
            _drive = Drive();
        }
    }
}
