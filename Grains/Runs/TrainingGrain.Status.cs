using OrleansTrain.Grains.Abstractions.Runs;
using OrleansTrain.Grains.Abstractions.Trainers;
using OrleansTrain.Grains.Signals;

namespace OrleansTrain.Grains.Runs;

internal sealed partial class TrainingGrain
{
    private const int WarningsKept = 20;

    // Clock ticks: a version stays newer than those a lost activation of this grain has given out.
    private long _version = DateTime.UtcNow.Ticks;
    private readonly ChangeSignal _statusChanged = new();
    private RankProgress?[] _ranks = [];
    private RunSpeed _speed = new();

    public async Task<RunStatus> GetStatus() => Describe(State.Spec is null ? new OutboxStatus(0, null, null) : await Tracking.GetOutbox());

    public async Task<RunStatus> WaitForChange(long version)
    {
        if (_version <= version && !State.Phase.IsTerminal())
        {
            await _statusChanged.Changed(TimeSpan.FromSeconds(3), time);
        }

        return await GetStatus();
    }

    private void Changed()
    {
        _version++;
        _statusChanged.Raise();
    }

    private void Warn(string warning)
    {
        if (State.Warnings.Contains(warning))
        {
            return;
        }

        LogWarned(RunId, warning);
        State.Warnings.Add(warning);
        if (State.Warnings.Count > WarningsKept)
        {
            State.Warnings.RemoveAt(0);
        }

        // Told at once, without waking the run itself: a rank repeats its warnings with every poll.
        _version++;
        _statusChanged.Raise();
    }

    private RunStatus Describe(OutboxStatus outbox) => new()
    {
        Version = _version,
        RunId = RunId,
        Spec = State.Spec,
        Phase = State.Phase,
        Message = State.Message,
        Attempt = State.Attempt,
        Restarts = State.Restarts,
        Epoch = State.Epochs.Count,
        Step = _ranks.Max(rank => rank?.Step) ?? State.Step,
        StepsPerEpoch = State.StepsPerEpoch,
        SamplesPerEpoch = State.SamplesPerEpoch,
        RunningLoss = RunningLoss(),
        SamplesPerSecond = _speed.SamplesPerSecond,
        Epochs = [.. State.Epochs],
        Evaluation = new Dictionary<string, double>(State.Evaluation),
        CheckpointUri = State.CheckpointUri,
        WeightsSha256 = State.WeightsSha256,
        LoadSeconds = State.LoadSeconds,
        TrainSeconds = State.TrainSeconds + _speed.Seconds,
        Ranks = [.. State.Placement.Select((slot, rank) => new RankStatus(rank, slot.Silo, State.Device, _ranks.ElementAtOrDefault(rank)?.Step ?? 0))],
        Outbox = outbox,
        TrackingUri = State.TrackingUri,
        Warnings = [.. State.Warnings],
        Error = State.Error,
        ExperimentId = State.ExperimentId,
        RecoverySeconds = State.RecoverySeconds,
    };

    private double? RunningLoss()
    {
        var samples = _ranks.Sum(rank => rank?.Samples ?? 0);
        return samples > 0 ? _ranks.Sum(rank => rank?.LossSum ?? 0) / samples : null;
    }
}
