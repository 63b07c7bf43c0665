using System.Diagnostics;
using OrleansTrain.Exchange.Links;
using OrleansTrain.Exchange.SharedMemory;
using OrleansTrain.Exchange.Synchronization;
using OrleansTrain.Training.Native;
using OrleansTrain.Training.Optimizers;
using OrleansTrain.Training.Tracing;
using TorchSharp;

namespace OrleansTrain.Exchange.Sessions;

/// <summary>
/// A silo's part of an exchange: its ranks' threads do all the work in <see cref="Step"/>; links bring in what other silos send.
/// </summary>
internal sealed partial class ExchangeSession : IExchangeSession
{
    private readonly SessionShape _shape;
    private readonly ParameterBuffer _parameters;
    private readonly IFlatOptimizer _optimizer;
    private readonly IReadOnlyList<IPeerLink> _links;
    private readonly HostGroup? _group;
    private readonly RankWorker[] _workers;
    private readonly PartialSums _partials;
    private readonly ShardUpdate _update;
    private readonly SessionFault _fault;
    private readonly Signal _signal;
    private readonly SessionUsers _users = new();
    private readonly GradientReaders _readers;
    private readonly StreamedGradients? _streamed;
    private readonly EarlySums? _early;
    private readonly UpdateHandover? _handover;
    private int _linksClosed;

    /// <summary>Takes over the parameters, the optimizer, the links and the group.</summary>
    /// <param name="group">The silos of this host that share one parameter buffer; null when there is no other.</param>
    /// <param name="early">Whether partial sums are sent while backward passes run; the links must have been made for it.</param>
    public ExchangeSession(
        SessionShape shape,
        ParameterBuffer parameters,
        IFlatOptimizer optimizer,
        IReadOnlyList<IPeerLink> links,
        HostGroup? group,
        SessionFault fault,
        SpinPolicy spin,
        bool early)
    {
        _group = group;
        _shape = shape;
        _parameters = parameters;
        _links = links;
        _fault = fault;
        var plan = shape.Plan;
        _optimizer = optimizer;
        _workers = [.. shape.LocalRanks.Select((rank, i) => new RankWorker(
            rank, i, plan.Layout.Slots.Count, plan.FirstStep, new StepSums(shape), group is null ? GradientRoom.Create(plan.Layout) : null))];
        _partials = new PartialSums(shape, _workers, links, _workers.Length + (early ? 1 : 0));
        _readers = new GradientReaders(fault);
        _sending = new WorkQueue(_partials.Items, _workers.Length);
        _updating = new WorkQueue(shape.Shards.Chunks(plan.Self), _workers.Length);
        _streamed = StreamedGradients.Create(shape, parameters, _updating, spin);
        _update = new ShardUpdate(
            shape, parameters, shared: group is not null || shape.LocalRanks.Count > 1, _optimizer, _workers, _streamed, links);
        _signal = new Signal(fault, spin);
        _opened = _completed = plan.FirstStep;
        Shard = new ShardState(shape.OwnShard, _optimizer, first: shape.SharesUpdate ? shape.OwnShard.Start : 0);
        _handover = UpdateHandover.Create(shape, links);
        fault.OnSet(TellOthers);
        if (early)
        {
            var own = new RankWorker(-1, _workers.Length, 0, plan.FirstStep, new StepSums(shape));
            _early = new EarlySums(shape, _partials, _workers, own, _readers, Abort);
        }
    }

    public ExchangePlan Plan => _shape.Plan;

    public torch.Tensor Parameters => _parameters.Tensor;

    public torch.Tensor ParametersOf(int rank) => _update.CopyOf(WorkerOf(rank))?.Tensor ?? Parameters;

    public IShardState Shard { get; }

    public string? SlowedBy => _group is not null && !TensorArena.IsSupported
        ? $"gradients are copied to the other silos of this host instead of being read where they are: {TensorArena.Unavailable}"
        : null;

    public ExchangeStatistics Statistics => new(
        Volatile.Read(ref _completed) - Plan.FirstStep,
        _links.Sum(link => link.Bytes.Sent),
        _links.Sum(link => link.Bytes.Received),
        Mean(worker => worker.WaitingTicks),
        Mean(worker => worker.UpdatingTicks),
        _handover?.ElementsLeft ?? 0);

    public async Task Connect(CancellationToken cancellationToken)
    {
        _fault.ThrowIfSet();
        await Task.WhenAll(_links.Select(link => link.Connect(cancellationToken)));
    }

    public Task BroadcastParameters(CancellationToken cancellationToken)
    {
        if (_links.Count == 0)
        {
            FillCopies();
            return Task.CompletedTask;
        }

        // Blocks on sockets: a thread of its own, not one of the pool's.
        return Task.Factory.StartNew(Broadcast, cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default).WaitAsync(cancellationToken);
    }

    public void Trace(int rank, StepTrace? trace) => WorkerOf(rank).Trace = trace;

    public void Abort(Exception reason) => _fault.TrySet(reason);

    public async ValueTask DisposeAsync()
    {
        var wasOpen = Interlocked.Exchange(ref _linksClosed, 1) == 0;
        _fault.TrySet(new ObjectDisposedException(null, $"The exchange of run {Plan.RunId}, attempt {Plan.Attempt}, has been closed."));
        if (wasOpen)
        {
            CloseLinks(reason: null);
        }

        if (!await _users.Close())
        {
            return;
        }

        _early?.Dispose();
        // First: its state may lie in the group's memory.
        _optimizer.Dispose();
        foreach (var link in _links)
        {
            await link.DisposeAsync();
        }

        _group?.Dispose();
        foreach (var worker in _workers)
        {
            worker.Dispose();
        }

        _update.Dispose();
        _streamed?.Dispose();
        _partials.Dispose();
        _parameters.Dispose();
    }

    /// <summary>Whatever ends the session here ends it everywhere, at once.</summary>
    private void TellOthers()
    {
        if (Interlocked.Exchange(ref _linksClosed, 1) == 0)
        {
            CloseLinks(_fault.Error);
        }
    }

    private void CloseLinks(Exception? reason)
    {
        foreach (var link in _links)
        {
            link.Close(reason);
        }
    }

    private void Broadcast()
    {
        _users.Enter(_fault);
        try
        {
            var source = Plan.Silos.Index().Single(silo => silo.Item.Ranks.Contains(0)).Index;
            if (source == Plan.Self)
            {
                // The silos of this host first: they need not wait until the others have been served.
                ShareParameters(source);
                foreach (var link in _links)
                {
                    link.SendBroadcast();
                }
            }
            else
            {
                _links.Single(link => link.Silo == source).WaitForBroadcast(Plan.StepTimeout);
                ShareParameters(source);
            }

            FillCopies();
        }
        catch (Exception error)
        {
            Abort(error);
            _fault.ThrowIfSet();
            throw;
        }
        finally
        {
            _users.Leave();
        }
    }

    private void FillCopies()
    {
        foreach (var worker in _workers)
        {
            _update.CopyOf(worker)?.Fill();
        }
    }

    private void ShareParameters(int source)
    {
        if (_group is { } group)
        {
            group.ShareState(_optimizer);
            group.ShareParameters(Math.Max(0, group.Layout.Members.ToList().IndexOf(source)), Plan.StepTimeout);
        }
    }

    private TimeSpan Mean(Func<RankWorker, long> ticks) =>
        TimeSpan.FromSeconds(_workers.Average(worker => (double)ticks(worker)) / Stopwatch.Frequency);
}
