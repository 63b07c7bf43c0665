using System.Diagnostics;
using OrleansTrain.Exchange.Layout;
using OrleansTrain.Exchange.Reduction;
using OrleansTrain.Exchange.Synchronization;
using OrleansTrain.Training;
using OrleansTrain.Training.Optimizers;
using TorchSharp;

namespace OrleansTrain.Exchange.Sessions;

/// <summary>
/// The exchange switched off (<see cref="ExchangeMode.None"/>): each rank applies its own gradient to its own part of the buffer, as much of it as
/// would fall to it with the exchange on, and waits for nobody. What it computes is no training; how fast it does so is what an exchange can
/// reach at best. A request is answered to the rank that made it alone.
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
        _parameters = ParameterBuffer.Allocate(plan.Layout.Length);
        var ranks = plan.Silos[plan.Self].Ranks;
        // They read one buffer here too: large parameters, stored the normal way, would make this slower than an exchange.
        var shared = ranks.Count > 1 && !ParameterFetch.Suits(_parameters);
        // In the order of the silos: those of one follow one another, so that its checkpoints hold as much as with the exchange on.
        var parts = new ShardMap(plan.Layout.Length, plan.WorldSize, 64 * 1024);
        var before = plan.Silos.Take(plan.Self).Sum(silo => silo.Ranks.Count);
        _local = ranks.Index().ToDictionary(rank => rank.Item, rank => new Part(parts[before + rank.Index], plan.Optimizer, new BlockUpdate(shared)));
        Shard = new PartedState([.. ranks.Select(rank => (_local[rank].Range, _local[rank].Optimizer))]);
    }

    public ExchangePlan Plan { get; }

    public torch.Tensor Parameters => _parameters.Tensor;

    public IShardState Shard { get; }

    public ExchangeStatistics Statistics => new(
        _local.Values.Max(part => part.Steps), 0, 0, TimeSpan.Zero, TimeSpan.FromSeconds(_local.Values.Average(part => (double)part.Ticks) / Stopwatch.Frequency));

    public Task Connect(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task BroadcastParameters(CancellationToken cancellationToken) => Task.CompletedTask;

    public unsafe StepRequests Step(
        int rank, ReadOnlySpan<nint> gradients, long step, double learningRate, StepRequests request, Func<bool>? meanwhile = null)
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
                    part.Update.Run(part.Optimizer, _parameters.Pointer + at, gradient, at - part.Range.Start, count);
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

        _parameters.Dispose();
    }

    private sealed class Part(FlatRange range, OptimizerSettings optimizer, BlockUpdate update)
    {
        public FlatRange Range => range;

        public IFlatOptimizer Optimizer { get; } = OptimizerCatalog.Create(optimizer, range.Length);

        public BlockUpdate Update { get; } = update;

        public long Steps { get; set; }

        public long Ticks { get; set; }
    }
}
