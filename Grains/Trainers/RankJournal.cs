using OrleansTrain.Grains.Abstractions.Trainers;
using OrleansTrain.Grains.Data;
using OrleansTrain.Ranks;
using OrleansTrain.Training;

namespace OrleansTrain.Grains.Trainers;

/// <summary>
/// What a rank has measured and its training grain has not stored yet. Written by the rank's thread and by the checkpoint writer,
/// read by the grain; thread-safe.
/// </summary>
internal sealed class RankJournal(RunningSums resumed, OpenedDataset data, TimeProvider time) : IRankObserver
{
    /// <summary>What a rank has before it is prepared.</summary>
    public static readonly Entries Nothing = new([], [], [], []);

    // A training grain that is away stores nothing; what it can catch up with later is bounded.
    private const int MostSteps = 10_000;

    private readonly Lock _lock = new();
    private readonly List<EpochReport> _epochs = [];
    private readonly List<StepReport> _steps = [];
    private readonly List<CheckpointReport> _checkpoints = [];
    private readonly List<string> _warnings = [];

    // What the epoch in progress had behind it when this attempt began: its time was spent by an earlier one.
    private RunningSums _before = resumed;

    /// <summary>Leaves out what the training grain has stored.</summary>
    public void Forget(Committed committed)
    {
        lock (_lock)
        {
            _epochs.RemoveAll(report => report.Epoch <= committed.Epoch);
            _steps.RemoveAll(report => report.Step <= committed.Step);
            _checkpoints.RemoveAll(report => report.Step <= committed.Checkpoint);
        }
    }

    /// <summary>What is left.</summary>
    public Entries Read()
    {
        lock (_lock)
        {
            return new Entries([.. _epochs], [.. _steps], [.. _checkpoints], [.. _warnings]);
        }
    }

    public void EpochCompleted(EpochSums sums)
    {
        lock (_lock)
        {
            _epochs.Add(new EpochReport(
                sums.Epoch + 1,
                sums.Step,
                sums.Sums.LossSum,
                sums.Sums.Samples,
                sums.LearningRate,
                sums.Sums.Seconds - _before.Seconds,
                sums.Sums.Samples - _before.Samples,
                sums.Sums.DataWaitSeconds - _before.DataWaitSeconds,
                sums.Sums.ExchangeSeconds - _before.ExchangeSeconds,
                time.GetUtcNow().ToUnixTimeMilliseconds())
            {
                Validation = sums.Validation?.Values.ToDictionary(sum => sum.Key, sum => new MetricSum(sum.Value.Sum, sum.Value.Weight)) ?? [],
                SkippedRecords = data.SkippedRecords,
                RecordBytes = data.RecordBytes,
            });
            _before = default;
        }
    }

    public void StepsCompleted(long step, RunningSums sums, double learningRate)
    {
        lock (_lock)
        {
            if (_steps.Count == MostSteps)
            {
                _steps.RemoveAt(0);
                WarnOnce("points within epochs were dropped: the run could not store them for long; log_every_steps may be too small");
            }

            _steps.Add(new StepReport(step, sums.LossSum, sums.Samples, learningRate, time.GetUtcNow().ToUnixTimeMilliseconds()));
        }
    }

    public void CheckpointSkipped(long step, bool deferred)
    {
        if (!deferred)
        {
            Warning($"checkpoints are due faster than they can be written: the one after step {step} is left out");
        }
    }

    public void Warning(string message)
    {
        lock (_lock)
        {
            WarnOnce(message);
        }
    }

    public void CheckpointWritten(CheckpointReport report)
    {
        lock (_lock)
        {
            _checkpoints.Add(report);
        }
    }

    // A warning that repeats with every step would fill memory.
    private void WarnOnce(string message)
    {
        if (_warnings.Count < 8 && !_warnings.Contains(message))
        {
            _warnings.Add(message);
        }
    }

    /// <summary>A copy of what the journal holds.</summary>
    public sealed record Entries(
        IReadOnlyList<EpochReport> Epochs, IReadOnlyList<StepReport> Steps, IReadOnlyList<CheckpointReport> Checkpoints, IReadOnlyList<string> Warnings);
}
