using System.Diagnostics;
using OrleansTrain.Data;
using OrleansTrain.Data.Order;
using OrleansTrain.Data.Sources;
using OrleansTrain.Exchange;
using OrleansTrain.Grains.Abstractions.Data;
using OrleansTrain.Grains.Abstractions.Specs;
using OrleansTrain.Grains.Abstractions.Trainers;
using OrleansTrain.Grains.Data;
using OrleansTrain.Grains.Data.Dedicated;
using OrleansTrain.Ranks;
using OrleansTrain.Storage;
using OrleansTrain.Tasks;
using OrleansTrain.Training;
using OrleansTrain.Training.Checkpoints;
using OrleansTrain.Training.Native;
using OrleansTrain.Training.Replicas;
using OrleansTrain.Training.Schedules;
using OrleansTrain.Training.Tracing;
using ParameterShape = OrleansTrain.Grains.Abstractions.Trainers.ParameterShape;
using RankPhase = OrleansTrain.Grains.Abstractions.Trainers.RankPhase;
using RankProgress = OrleansTrain.Grains.Abstractions.Trainers.RankProgress;

namespace OrleansTrain.Grains.Trainers;

/// <summary>
/// One rank: its model, its data, its thread. Everything slow happens off the grain's turns; the grain asks and passes on.
/// Called by one grain, so its methods do not overlap except <see cref="GetProgress"/>, <see cref="RequestStop"/> and <see cref="Stop"/>.
/// </summary>
internal sealed class RankHost(
    RankAssignment assignment,
    TaskRegistry tasks,
    BatchSourceFactory sources,
    IExchangeHub hub,
    SiloAttempts attempts,
    IObjectStores stores,
    TimeProvider time,
    Action nudge) : IAsyncDisposable
{
    private readonly Lock _ending = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly RankControl _control = new();
    private readonly Ranks.RankProgress _progress = new();
    private TrainingTask? _task;
    private TaskContext? _context;
    private ModelReplica? _replica;
    private OpenedDataset? _data;
    private IBatchSource? _validation;
    private CheckpointManifest? _checkpoint;
    private TrainingCursor _start;
    private RankJournal? _journal;
    private SiloAttempt? _silo;
    private StepTrace? _trace;
    private Task<RankResult>? _loop;
    private Task? _trainingEnd;
    private Task? _closing;
    private long _loopStarted;

    public RankAssignment Assignment { get; } = assignment;

    private RunSpec Spec => Assignment.Spec;

    public async Task<PreparedRank> Prepare()
    {
        var device = await Task.Run(() => DeviceChoice.Resolve(Spec.Device, Assignment.Slot));
        _task = tasks.Get(Spec.Task);
        _context = new TaskContext(
            Assignment.Rank, Spec.Ranks, Spec.Seed, device, TaskParameters.Merge(_task, Spec.Parameters), new RankRandom(Spec.Seed, Assignment.Rank));
        var opening = OpenData("train", Spec.BatchSizePerRank, exhaustive: false, RecordPart.Kept);
        _replica = await Task.Run(() => ModelReplica.Create(_task, _context));
        _data = await opening;
        CheckBatchSize(_data.Records);
        if (Spec.ValidateEvery > 0)
        {
            _validation = (await OpenValidation()).Source;
        }

        if (Assignment.CheckpointStep is { } step)
        {
            _checkpoint = await Checkpoints.ReadManifest(step, _stopping.Token);
            _start = _checkpoint.Cursor;
        }

        if (_start.Epoch < Spec.Epochs)
        {
            // It comes while ranks and silos get ready for each other. Putting the epoch in order is no work for the grain's turn.
            var data = _data;
            await Task.Run(() => data.Fetch(_start.Epoch, _start.StepInEpoch));
        }

        _journal = new RankJournal(Resumed, _data, time);
        var steps = _data.Source.StepsPerEpoch;
        var endpoint = hub.Endpoint;
        return new PreparedRank(
            Assignment.Rank,
            device.ToString(),
            [.. _replica.Layout.Slots.Select(slot => new ParameterShape(slot.Name, slot.Shape))],
            new EndpointInfo(endpoint.HostId, endpoint.Address, endpoint.Port, endpoint.Silo),
            steps,
            _data.Source.SamplesPerEpoch,
            FirstStep,
            _data.Digest,
            _data.Schema,
            _data.Fitted.ToJson());
    }

    // Such a run would take one step an epoch, with fewer samples than it says: never what was meant.
    private void CheckBatchSize(long records)
    {
        var share = records / Spec.Ranks;
        if (Spec.BatchSizePerRank > share)
        {
            throw new ArgumentException(
                $"batch_size_per_rank: {Spec.BatchSizePerRank} is larger than a rank's share of an epoch, {share} of {records} training records over {Spec.Ranks} "
                + $"{(Spec.Ranks == 1 ? "rank" : "ranks")}: choose a smaller batch or fewer ranks.");
        }
    }

    public async Task OpenExchange(ExchangeAssignment exchange)
    {
        var replica = _replica ?? throw new InvalidOperationException("The rank has not been prepared.");
        var plan = ExchangePlans.Create(Assignment, exchange, replica.Layout, FirstStep);
        _silo = attempts.Join(plan, () => new SiloAttempt(plan, hub.Open(plan), CheckpointLocation, _checkpoint));
        await _silo.Join(Assignment.Rank, replica, _journal!, _stopping.Token);
        if (_checkpoint is not null)
        {
            await CheckpointRestore.RestoreRank(Checkpoints, _checkpoint, replica, _stopping.Token);
        }
    }

    public Task Connect() => _silo!.Connect(_stopping.Token);

    public void Run()
    {
        _trace = RankTraces.Create(Spec, FirstStep, _data!.Source.StepsPerEpoch * Spec.Epochs);
        var work = new RankWork
        {
            Replica = _replica!,
            Session = _silo!.Session,
            Source = _data.Source,
            Validation = _validation,
            Schedule = LearningRateSchedule.Create(
                Spec.Schedule, Spec.ScheduleSettings, Spec.LearningRate, _data.Source.StepsPerEpoch, _data.Source.StepsPerEpoch * Spec.Epochs),
            Options = new RankLoopOptions
            {
                Epochs = Spec.Epochs,
                Start = _start,
                Resumed = Resumed,
                Threads = Spec.ThreadsPerRank,
                CheckpointEverySteps = Spec.CheckpointEverySteps,
                CheckpointInterval = TimeSpan.FromSeconds(Spec.CheckpointEverySeconds),
                ValidateEvery = Spec.ValidateEvery,
                LogEverySteps = Spec.LogEverySteps,
            },
            Observer = _journal!,
            Checkpoints = _silo.Checkpoints,
            Control = _control,
            Parent = Activity.Current?.Context ?? default,
            Progress = _progress,
            Trace = _trace,
        };
        _loopStarted = Stopwatch.GetTimestamp();
        _loop = RankThread.Start($"rank {Assignment.Rank}", () => new RankLoop(work).Run(_stopping.Token));
        _ = _loop.ContinueWith(_ => nudge(), TaskScheduler.Default);
    }

    public RankProgress GetProgress(Committed committed)
    {
        _journal?.Forget(committed);

        // The phase is read first: what a loop that has ended wrote before is then certainly seen.
        var phase = Phase();
        var snapshot = _progress.Read();
        var journal = _journal?.Read() ?? RankJournal.Nothing;
        var hasStepped = snapshot.Step > FirstStep;
        return new RankProgress
        {
            Rank = Assignment.Rank,
            Phase = phase,
            Step = snapshot.Step,
            Beat = snapshot.Timestamp,
            Epoch = snapshot.Epoch + 1,
            LossSum = snapshot.Sums.LossSum,
            Samples = snapshot.Sums.Samples,
            Seconds = hasStepped ? Stopwatch.GetElapsedTime(_loopStarted, snapshot.Timestamp).TotalSeconds : 0,
            Epochs = journal.Epochs,
            Steps = journal.Steps,
            Checkpoints = journal.Checkpoints,
            Warnings = journal.Warnings,
            HasTrace = _trace?.IsComplete == true,
            Writing = phase == RankPhase.Running && _silo!.Checkpoints.Writing is { } write ? new CheckpointWrite(write.Step, write.Since) : null,
            WaitsForCheckpoint = phase == RankPhase.Running && snapshot.Phase == Ranks.RankPhase.Checkpointing,
            Failure = phase == RankPhase.Failed ? RankFailures.Describe(_loop!.Exception!.GetBaseException(), snapshot.Step) : null,
        };
    }

    public RankTrace? GetTrace() => RankTraces.Describe(_trace, Assignment.Rank, hub.Endpoint.Silo);

    public void RequestStop() => _control.RequestStop(checkpoint: true);

    /// <summary>Tests a checkpoint, after the rank's last step. What only training needs is given up before, so that testing takes no memory on top.</summary>
    public async Task<EvaluationReport> Evaluate(EvaluationAssignment evaluation)
    {
        await EndTraining();
        OpenedDataset data;
        try
        {
            data = await OpenData(evaluation.Split, EvaluationBatch, exhaustive: true, RecordPart.All);
        }
        catch (DatasetException error) when (error.IsMissingSplit(evaluation.Split))
        {
            return new EvaluationReport(Assignment.Rank, new Dictionary<string, MetricSum>(), error.Message);
        }

        await using (data.Source)
        {
            return await RankEvaluation.Run(_task!, _context!, Spec, Checkpoints, evaluation.CheckpointStep, data.Source, _stopping.Token);
        }
    }

    /// <summary>Ends the rank and frees what it holds once its thread has ended; waits for that, but not for long.</summary>
    public async Task Stop(string reason)
    {
        if (_closing is null)
        {
            await _stopping.CancelAsync();
            _silo?.Session.Abort(new StaleAttemptException($"Attempt {Assignment.Attempt} was stopped: {reason}."));
            _closing = Close();
        }

        // A thread that hangs in a task's own code keeps its memory; nobody waits for it.
        await _closing.WaitAsync(TimeSpan.FromSeconds(3)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => new(Stop("its owner is gone"));

    // Larger batches than in training: no gradients are kept.
    private int EvaluationBatch => Math.Max(Spec.BatchSizePerRank, 256);

    private long FirstStep => (_start.Epoch * (_data?.Source.StepsPerEpoch ?? 0)) + _start.StepInEpoch;

    private RunningSums Resumed => _checkpoint?.Ranks[Assignment.Rank].Sums ?? default;

    private (IObjectStore Store, string Prefix) CheckpointLocation => stores.Resolve($"{Spec.CheckpointUri.TrimEnd('/')}/{Assignment.RunId}");

    private CheckpointReader Checkpoints => new(CheckpointLocation.Store, CheckpointLocation.Prefix);

    private RankPhase Phase() => _loop switch
    {
        null => _silo is null ? RankPhase.Preparing : RankPhase.Ready,
        { IsCompletedSuccessfully: true } => _loop.Result.Stopped ? RankPhase.Stopped : RankPhase.Completed,
        { IsFaulted: true } => RankPhase.Failed,
        { IsCanceled: true } => RankPhase.Stopped,
        _ => RankPhase.Running,
    };

    private async Task<OpenedDataset> OpenValidation()
    {
        if (Spec.ValidationShare > 0)
        {
            return await OpenData("train", EvaluationBatch, exhaustive: true, RecordPart.HeldOut);
        }

        try
        {
            return await OpenData("validation", EvaluationBatch, exhaustive: true, RecordPart.All);
        }
        catch (DatasetException error) when (error.IsMissingSplit("validation"))
        {
            throw new DatasetException($"{error.Message} Set validation_share, for example to 0.1, to validate on a part of 'train' that is not trained on.", error);
        }
    }

    private async Task<OpenedDataset> OpenData(string split, int batchSize, bool exhaustive, RecordPart part)
    {
        try
        {
            return await sources.Open(
                Spec.Dataset,
                split,
                RecipePipeline.Create(_task!, _context!, Spec),
                new BatchSourceOptions
                {
                    RunId = Assignment.RunId,
                    Rank = Assignment.Rank,
                    WorldSize = Spec.Ranks,
                    BatchSize = batchSize,
                    Seed = Spec.Seed,
                    OrderSeed = Spec.DataSeed,
                    Shuffle = Enum.Parse<ShuffleMode>(Spec.Shuffle, ignoreCase: true),
                    DropLast = Spec.DropLast,
                    Exhaustive = exhaustive,
                    HeldOut = Spec.ValidationShare,
                    Part = part,
                    OnError = Spec.OnError == "skip" ? BadRecords.Skip : BadRecords.Fail,
                    Epochs = exhaustive ? 1 : Spec.Epochs,
                },
                Spec.Preprocess == "dedicated" ? new PipelineRecipe(Spec, null) : null,
                _stopping.Token);
        }
        catch (DatasetException error) when (_task!.DatasetHint.Length > 0)
        {
            throw new DatasetException($"{error.Message} {_task!.DatasetHint}", error);
        }
    }

    private async Task Close()
    {
        if (_loop is not null)
        {
            await ((Task)_loop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await EndTraining();
        _context?.Random.Dispose();
        _stopping.Dispose();
    }

    private Task EndTraining()
    {
        lock (_ending)
        {
            return _trainingEnd ??= Task.Run(ReleaseTraining);
        }
    }

    private async Task ReleaseTraining()
    {
        if (_silo is not null)
        {
            await attempts.Leave(_silo, Assignment.Rank);
        }

        if (_data is not null)
        {
            await _data.Source.DisposeAsync();
        }

        if (_validation is not null)
        {
            await _validation.DisposeAsync();
        }

        _replica?.Dispose();
        TorchRuntime.ReleaseFreedMemory();
    }
}
