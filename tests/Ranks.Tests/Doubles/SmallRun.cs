using OrleansTrain.Data;
using OrleansTrain.Exchange;
using OrleansTrain.Training;
using OrleansTrain.Training.Replicas;
using OrleansTrain.Training.Schedules;
using TorchSharp;

namespace OrleansTrain.Ranks.Tests.Doubles;

/// <summary>A whole run in this process: one thread a rank.</summary>
internal sealed class SmallRun : IAsyncDisposable
{
    public const int BatchSize = 8;
    private readonly List<RankRandom> _randoms = [];

    public SmallRun(
        TrainingTask task,
        int ranks,
        int epochs = 2,
        long stepsPerEpoch = 5,
        float momentum = 0.9f,
        Func<ParameterLayout, IReadOnlyList<IExchangeSession>>? openSessions = null,
        Func<int, long, int, Batch, Batch>? intercept = null,
        Func<int, bool>? preparing = null,
        Func<int, bool>? behind = null,
        long seed = 1)
    {
        for (var rank = 0; rank < ranks; rank++)
        {
            var random = new RankRandom(seed, rank);
            _randoms.Add(random);
            Replicas.Add(ModelReplica.Create(
                task, new TaskContext(rank, ranks, seed, torch.CPU, new Dictionary<string, string>(), random)));
        }

        Sessions = openSessions?.Invoke(Replicas[0].Layout) ?? [new BarrierSession(Replicas[0].Layout, ranks, momentum)];
        for (var rank = 0; rank < ranks; rank++)
        {
            var session = SessionOf(rank);
            if (rank == session.Plan.Silos[session.Plan.Self].Ranks[0])
            {
                Replicas[rank].CopyValuesTo(session.Parameters);
            }

            Replicas[rank].Bind(session.ParametersOf(rank));
            var own = rank;
            Work.Add(new RankWork
            {
                Replica = Replicas[rank],
                Session = session,
                Source = new ListSource(1, rank, ranks, stepsPerEpoch, BatchSize, TinyTask.Inputs, TinyTask.Classes)
                {
                    Intercept = intercept is null ? null : (epoch, step, batch) => intercept(epoch, step, own, batch),
                    Preparing = preparing is null ? null : () => preparing(own),
                    Behind = behind is null ? null : () => behind(own),
                },
                Schedule = LearningRateSchedule.Create("constant", new Dictionary<string, double>(), 0.1, stepsPerEpoch, epochs * stepsPerEpoch),
                Options = new RankLoopOptions { Epochs = epochs },
                Observer = new RecordingObserver(),
            });
        }
    }

    public List<ModelReplica> Replicas { get; } = [];

    /// <summary>One a silo.</summary>
    public IReadOnlyList<IExchangeSession> Sessions { get; }

    /// <summary>That of the first silo.</summary>
    public IExchangeSession Session => Sessions[0];

    public List<RankWork> Work { get; } = [];

    public string WeightsHash => Training.WeightsHash.Compute(Session.Plan.Layout, Session.Parameters);

    public RecordingObserver Observer(int rank) => (RecordingObserver)Work[rank].Observer;

    public SmallRun With(Func<int, RankWork, RankWork> change)
    {
        for (var rank = 0; rank < Work.Count; rank++)
        {
            Work[rank] = change(rank, Work[rank]);
        }

        return this;
    }

    public IExchangeSession SessionOf(int rank) => Sessions.Single(session => session.Plan.Silos[session.Plan.Self].Ranks.Contains(rank));

    public List<Task<RankResult>> Start(CancellationToken cancellationToken = default) =>
        [.. Work.Select((work, rank) => RankThread.Start($"rank {rank}", () => new RankLoop(work).Run(cancellationToken)))];

    public async Task<RankResult[]> Run()
    {
        await Task.WhenAll(Sessions.Select(session => session.Connect(CancellationToken.None)));
        await Task.WhenAll(Sessions.Select(session => session.BroadcastParameters(CancellationToken.None)));
        return await Task.WhenAll(Start()).WaitAsync(TimeSpan.FromSeconds(60));
    }

    public async ValueTask DisposeAsync()
    {
        Replicas.ForEach(replica => replica.Dispose());
        _randoms.ForEach(random => random.Dispose());
        foreach (var session in Sessions)
        {
            await session.DisposeAsync();
        }
    }
}
