using System.Diagnostics;
using OrleansTrain.Data;
using OrleansTrain.Exchange;
using OrleansTrain.Training;
using OrleansTrain.Training.Evaluations;
using OrleansTrain.Training.Replicas;
using OrleansTrain.Training.Tracing;
using TorchSharp;

namespace OrleansTrain.Ranks;

/// <summary>The training loop of one rank. Runs once, on the thread that calls <see cref="Run"/>, which must be the rank's own.</summary>
public sealed class RankLoop
{
    private readonly RankWork _work;
    private readonly RankLoopOptions _options;
    private readonly int _rank;
    private readonly long _stepsPerEpoch;
    private readonly CheckpointSchedule _checkpoints;
    private readonly KeyValuePair<string, object?> _taskTag;
    private readonly WaitingWork _waitingWork;
    private readonly Func<bool> _meanwhile;
    private readonly Func<bool> _isDue;
    private RunningSums _epochSums;
    private RunningSums _intervalSums;
    private long _stepsDone;
    private long _skipped;
    private bool _warnedOfGlobalDraws;
    private Task _lastCheckpoint = Task.CompletedTask;

    /// <summary>Prepares a loop.</summary>
    public RankLoop(RankWork work)
    {
        ArgumentNullException.ThrowIfNull(work);
        _work = work;
        _options = work.Options;
        _rank = work.Replica.Context.Rank;
        _stepsPerEpoch = work.Source.StepsPerEpoch;
        _waitingWork = new WaitingWork(work.Source, work.Trace);
        _meanwhile = _waitingWork.DoSome;
        _isDue = () => _waitingWork.IsDue;
        _taskTag = new("task", work.Replica.Task.Name);
        _checkpoints = new CheckpointSchedule(
            _options.CheckpointEverySteps,
            _options.CheckpointInterval,
            decidesOnTime: _rank == 0,
            agrees: work.Session.Plan.Mode != ExchangeMode.None);
    }

    /// <summary>
    /// Trains from the start of the options to the end of the last epoch, or until a rank asks to stop.
    /// Returns when this silo's share of the last checkpoint is written (or its writer has reported that it failed).
    /// </summary>
    /// <param name="cancellationToken">Ends it at once, without a checkpoint.</param>
    /// <exception cref="TrainingStepException">The task's own code failed, or the loss is not finite.</exception>
    /// <exception cref="PeerLostException">Another rank is gone.</exception>
    /// <exception cref="StaleAttemptException">A newer attempt has started.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public RankResult Run(CancellationToken cancellationToken)
    {
        try
        {
            torch.set_num_threads(_options.Threads);
            using var span = TrainingTelemetry.Source.StartActivity($"rank {_rank}", ActivityKind.Internal, _work.Parent);
            _work.Replica.Trace = _work.Trace;
            _work.Session.Trace(_rank, _work.Trace);
            var stopped = RunEpochs(cancellationToken);
            _work.Trace?.Complete();
            Publish(RankPhase.Checkpointing);
            _lastCheckpoint.Wait(cancellationToken);
            Publish(RankPhase.Done);
            return new RankResult(_stepsDone, stopped, _skipped);
        }
        catch (Exception exception) when (exception is not StaleAttemptException)
        {
            // The other ranks wait for this one's gradient: they learn at once that it will not come.
            _work.Session.Abort(exception);
            throw;
        }
    }

    private bool RunEpochs(CancellationToken cancellationToken)
    {
        var (epoch, firstStep) = _options.Start;
        _stepsDone = (epoch * _stepsPerEpoch) + firstStep;
        _epochSums = _options.Resumed;
        _work.Replica.ParametersChanged();
        if (epoch < _options.Epochs)
        {
            _work.Source.StartEpoch(epoch, firstStep);
        }

        for (; epoch < _options.Epochs; epoch++, firstStep = 0)
        {
            if (RunEpoch(epoch, firstStep, cancellationToken))
            {
                return _stepsDone < _options.Epochs * _stepsPerEpoch;
            }
        }

        return false;
    }

    // True when all ranks have agreed to stop.
    private bool RunEpoch(int epoch, long firstStep, CancellationToken cancellationToken)
    {
        _work.Replica.ProbeGlobalDraws();
        for (var stepInEpoch = firstStep; stepInEpoch < _stepsPerEpoch; stepInEpoch++)
        {
            var step = _stepsDone;
            var learningRate = _work.Schedule.At(step);
            var endOfEpoch = stepInEpoch == _stepsPerEpoch - 1;
            var (agreed, sums) = Step(step, epoch, endOfEpoch, learningRate, cancellationToken);
            _stepsDone++;
            _epochSums += sums;
            Publish(RankPhase.Training, epoch);
            LogSteps(sums, learningRate);
            var cursor = new TrainingCursor(epoch, stepInEpoch + 1);
            if (endOfEpoch)
            {
                CompleteEpoch(epoch, learningRate, cancellationToken);
                cursor = new TrainingCursor(epoch + 1, 0);
            }

            Checkpoint(cursor, agreed, endOfEpoch, endOfRun: endOfEpoch && epoch + 1 >= _options.Epochs, cancellationToken);
            if ((agreed & StepRequests.Stop) != 0)
            {
                return true;
            }
        }

        return false;
    }

    private (StepRequests Agreed, RunningSums Sums) Step(
        long step, int epoch, bool endOfEpoch, double learningRate, CancellationToken cancellationToken)
    {
        using var tensors = _waitingWork.BeginStep();
        using var span = step % TrainingTelemetry.TracedSteps == 0 ? TrainingTelemetry.Source.StartActivity("step") : null;
        _work.Trace?.BeginStep(step);
        var started = Stopwatch.GetTimestamp();
        double loss;
        long count, hasBatch;
        ReadOnlySpan<nint> gradients;
        StepRequests requests;
        var phase = span is null ? null : TrainingTelemetry.Source.StartActivity("data wait");
        using (var batch = NextBatch(step, cancellationToken))
        {
            hasBatch = Stopwatch.GetTimestamp();
            phase?.Dispose();
            _work.Trace?.Add(StepPart.DataWait, started);
            if (endOfEpoch && epoch + 1 < _options.Epochs)
            {
                // The next epoch's first batches are prepared while this step computes.
                _work.Source.StartEpoch(epoch + 1, firstStep: 0);
            }

            count = batch.Count;
            requests = Requests();
            phase = span is null ? null : TrainingTelemetry.Source.StartActivity("forward and backward");
            loss = ForwardBackward(batch, step, _work.Session.Begin(_rank, step, requests), out gradients);
        }

        var hasGradients = Stopwatch.GetTimestamp();
        phase?.Dispose();
        phase = span is null ? null : TrainingTelemetry.Source.StartActivity("exchange");
        var agreed = _work.Session.Step(_rank, gradients, step, learningRate, requests, _meanwhile, _isDue);
        _work.Replica.ParametersChanged();
        var ended = Stopwatch.GetTimestamp();
        phase?.Dispose();
        span?.SetTag("step", step);
        var sums = new RunningSums(loss * count, count, Seconds(ended - started), Seconds(hasBatch - started), Seconds(ended - hasGradients));
        TrainingTelemetry.Stepped(_taskTag, count, sums.Seconds, sums.DataWaitSeconds, sums.ExchangeSeconds);
        _work.Trace?.Add(StepPart.Exchange, hasGradients);
        _work.Trace?.Add(StepPart.Step, started);
        return (agreed, sums);
    }

    private Batch NextBatch(long step, CancellationToken cancellationToken) =>
        _work.Source.Next(cancellationToken) ?? throw new InvalidOperationException(
            $"The data source of rank {_rank} ended before step {step}: it announced {_stepsPerEpoch} steps an epoch.");

    private double ForwardBackward(Batch batch, long step, IGradientSink? sink, out ReadOnlySpan<nint> gradients)
    {
        double loss;
        try
        {
            loss = _work.Replica.ForwardBackward(batch, out gradients, sink);
        }
        catch (Exception exception)
        {
            // libtorch's messages go on with a native stack; that is in the inner exception.
            var reason = exception.Message.Split('\n', 2)[0].TrimEnd();
            throw new TrainingStepException(
                $"Task '{_work.Replica.Task.Name}' failed at step {step} on rank {_rank}: {reason}", step, _rank, batch.Origin, exception);
        }

        if (!double.IsFinite(loss))
        {
            throw new NonFiniteLossException(loss, step, _rank, batch.Origin);
        }

        if (!_warnedOfGlobalDraws && _work.Replica.DrawsFromGlobalGenerator)
        {
            _warnedOfGlobalDraws = true;
            _work.Observer.Warning(
                $"The model of task '{_work.Replica.Task.Name}' draws from libtorch's process-wide generator (nn.Dropout does): "
                + "its ranks on one silo compute one after the other. SeededDropout and context.Random avoid that.");
        }

        return loss;
    }

    private StepRequests Requests()
    {
        var requests = _work.Control.Requests;
        if (_work.Checkpoints is { } checkpoints)
        {
            if (checkpoints.Busy)
            {
                requests |= StepRequests.Busy;
            }
            else if (_checkpoints.TimeIsUp)
            {
                requests |= StepRequests.Checkpoint;
            }
        }

        return requests;
    }

    private void LogSteps(RunningSums sums, double learningRate)
    {
        if (_options.LogEverySteps <= 0)
        {
            return;
        }

        _intervalSums += sums;
        if (_stepsDone % _options.LogEverySteps == 0)
        {
            _work.Observer.StepsCompleted(_stepsDone, _intervalSums, learningRate);
            _intervalSums = default;
        }
    }

    private void CompleteEpoch(int epoch, double learningRate, CancellationToken cancellationToken)
    {
        MetricSums? validation = null;
        if (_work.Validation is { } source && _options.ValidateEvery > 0 && (epoch + 1) % _options.ValidateEvery == 0)
        {
            validation = Validate(source, epoch, cancellationToken);
        }

        _work.Observer.EpochCompleted(new EpochSums
        {
            Epoch = epoch,
            Step = _stepsDone,
            Sums = _epochSums,
            LearningRate = learningRate,
            Validation = validation,
        });
        _epochSums = default;
        Publish(RankPhase.Training, epoch + 1);
    }

    private MetricSums Validate(IBatchSource source, int epoch, CancellationToken cancellationToken)
    {
        // Told with every batch: a validation that takes longer than step_timeout does not hang.
        var replica = _work.Replica;
        return Evaluation.Run(
            replica.Task, replica.Model, replica.Context, source, () => Publish(RankPhase.Validating, epoch), cancellationToken);
    }

    private void Checkpoint(TrainingCursor cursor, StepRequests agreed, bool endOfEpoch, bool endOfRun, CancellationToken cancellationToken)
    {
        if (_work.Checkpoints is not { } checkpoints)
        {
            return;
        }

        var decision = _checkpoints.After(_stepsDone, agreed, endOfEpoch, endOfRun);
        switch (decision)
        {
            case CheckpointSchedule.Decision.WaitAndTake:
                Publish(RankPhase.Checkpointing, cursor.Epoch);
                _lastCheckpoint.Wait(cancellationToken);
                goto case CheckpointSchedule.Decision.Take;
            case CheckpointSchedule.Decision.Take:
                _lastCheckpoint = checkpoints.Take(_work.Replica, _stepsDone, cursor, _epochSums, isLast: endOfRun);
                _checkpoints.Taken();
                _work.Control.CheckpointTaken();
                break;
            case CheckpointSchedule.Decision.Skip or CheckpointSchedule.Decision.Defer:
                _skipped += decision == CheckpointSchedule.Decision.Skip ? 1 : 0;
                _work.Observer.CheckpointSkipped(_stepsDone, deferred: decision == CheckpointSchedule.Decision.Defer);
                break;
        }
    }

    private void Publish(RankPhase phase, int? epoch = null) => _work.Progress.Publish(new RankProgressSnapshot(
        _stepsDone, epoch ?? (int)(_stepsDone / Math.Max(1, _stepsPerEpoch)), _epochSums, phase, Stopwatch.GetTimestamp()));

    private static double Seconds(long ticks) => (double)ticks / Stopwatch.Frequency;
}
