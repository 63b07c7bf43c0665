using System.Diagnostics;
using OrleansTrain.Exchange.Layout;
using OrleansTrain.Exchange.Reduction;
using OrleansTrain.Exchange.Synchronization;
using OrleansTrain.Training;
using OrleansTrain.Training.Optimizers;
using TorchSharp;

namespace OrleansTrain.Exchange.Sessions;

/// <summary>
/// The exchange switched off (<see cref="ExchangeMode.None"/>): each rank applies its own gradient to its part of the parameters, as much of them as
/// would fall to it with the exchange on, and waits for nobody. Parameters that fit a core's cache each rank has for itself: in one buffer that all
/// read, a core would have to take the lines of its part away from the others again in each step, which between distant cores is slower than an exchange.
/// Larger ones are in one buffer, as with the exchange on, so that all ranks have them in the cache that the cores share. What it computes is no training;
/// how fast it does so is what an exchange can reach at best. A request is answered to the rank that made it alone.
/// </summary>
internal sealed class UnsharedSession : IExchangeSession
{
    private readonly PieceMap _pieces;
    private readonly ParameterBuffer _parameters;
    private readonly SessionFault _fault = new();
    private readonly SessionUsers _users = new();
    private readonly Dictionary<int, Part> _local;

    public UnsharedSession(ExchangePlan plan)
    {
        Plan = plan;
        _pieces = new PieceMap(plan.Layout);
        var ranks = plan.Silos[plan.Self].Ranks;
        _parameters = ParameterBuffer.Allocate(plan.Layout.Length);
        var shared = ranks.Count > 1 && !ParameterCopy.Suits(_parameters.Length);
        // In the order of the silos: those of one follow one another, so that its checkpoints hold as much as with the exchange on.
        var parts = new ShardMap(plan.Layout.Length, plan.WorldSize, 64 * 1024);
        var before = plan.Silos.Take(plan.Self).Sum(silo => silo.Ranks.Count);
        _local = ranks.Index().ToDictionary(rank => rank.Item, rank => new Part(
            parts[before + rank.Index],
            plan.Optimizer,
            shared || rank.Index == 0 ? _parameters : ParameterBuffer.Allocate(plan.Layout.Length),
            shared));
        Shard = new PartedState([.. ranks.Select(rank => (_local[rank].Range, _local[rank].Optimizer))]);
    }

    public ExchangePlan Plan { get; }

    /// <summary>Those of the silo's first rank: a checkpoint is as large as with the exchange on, and as useless as the model.</summary>
    public torch.Tensor Parameters => _parameters.Tensor;

    public torch.Tensor ParametersOf(int rank) => _local[rank].Parameters.Tensor;

    public IShardState Shard { get; }

    public ExchangeStatistics Statistics => new(
        _local.Values.Max(part => part.Steps), 0, 0, TimeSpan.Zero, TimeSpan.FromSeconds(_local.Values.Average(part => (double)part.Ticks) / Stopwatch.Frequency));

    public Task Connect(CancellationToken cancellationToken) => Task.CompletedTask;

    public unsafe Task BroadcastParameters(CancellationToken cancellationToken)
    {
        var bytes = _parameters.Length * sizeof(float);
        foreach (var part in _local.Values.Where(part => part.Parameters != _parameters))
        {
            Buffer.MemoryCopy(_parameters.Pointer, part.Parameters.Pointer, bytes, bytes);
        }

        return Task.CompletedTask;
    }

    public unsafe StepRequests Step(
        int rank,
        ReadOnlySpan<nint> gradients,
        long step,
        double learningRate,
        StepRequests request,
        Func<bool>? meanwhile = null,
        Func<bool>? isDue = null)
    {
        _users.Enter(_fault);
        try
        {
            var part = _local[rank];
            var start = Stopwatch.GetTimestamp();
            part.Optimizer.BeginStep(learningRate);
            foreach (var piece in _pieces.Pieces(part.Range))
            {
                for (long done = 0; done < piece.Length; done += BlockSum.BlockLength)
                {
                    var count = (int)Math.Min(BlockSum.BlockLength, piece.Length - done);
                    var at = piece.Start + done;
                    var gradient = (float*)gradients[piece.Slot] + piece.SlotOffset + done;
                    part.Update.Run(part.Optimizer, at, gradient, at - part.Range.Start, count);
                }
            }

            part.Update.Publish();
            part.Ticks += Stopwatch.GetTimestamp() - start;
            part.Steps++;
            return request;
        }
        finally
        {
            _users.Leave();
        }
    }

    public void Abort(Exception reason) => _fault.TrySet(reason);

    public async ValueTask DisposeAsync()
    {
        _fault.TrySet(new ObjectDisposedException(null, $"The exchange of run {Plan.RunId}, attempt {Plan.Attempt}, has been closed."));
        if (!await _users.Close())
        {
            return;
        }

        foreach (var part in _local.Values)
        {
            part.Optimizer.Dispose();
            part.Update.Dispose();
        }

        foreach (var parameters in _local.Values.Select(part => part.Parameters).Distinct())
        {
            parameters.Dispose();
        }
    }

    private sealed class Part(FlatRange range, OptimizerSettings optimizer, ParameterBuffer parameters, bool shared)
    {
        public FlatRange Range => range;

        public IFlatOptimizer Optimizer { get; } = OptimizerCatalog.Create(optimizer, range.Length);

        public ParameterBuffer Parameters => parameters;

        public BlockUpdate Update { get; } = new(parameters, shared);

        public long Steps { get; set; }

        public long Ticks { get; set; }
    }
}
