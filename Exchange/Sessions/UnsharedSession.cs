using System.Diagnostics;
using OrleansTrain.Exchange.Layout;
using OrleansTrain.Exchange.Reduction;
using OrleansTrain.Exchange.Synchronization;
using OrleansTrain.Training.Optimizers;
using TorchSharp;

namespace OrleansTrain.Exchange.Sessions;

/// <summary>
/// The exchange switched off (<see cref="ExchangeMode.None"/>): each rank applies its own gradient to its own part of the buffer, the part that
/// would fall to it with the exchange on, and waits for nobody. What it computes is no training; how fast it does so is what an exchange can
/// reach at best. There is no state for a checkpoint, and a request is answered to the rank that made it alone.
/// </summary>
internal sealed class UnsharedSession : IExchangeSession
{
    private readonly PieceMap _pieces;
    private readonly ShardMap _parts;
    private readonly ParameterBuffer _parameters;
    private readonly SessionFault _fault = new();
    private readonly SessionUsers _users = new();
    private readonly Dictionary<int, Part> _local;
    private readonly IFlatOptimizer _nothing;

    public UnsharedSession(ExchangePlan plan)
    {
        Plan = plan;
        _pieces = new PieceMap(plan.Layout);
        _parts = new ShardMap(plan.Layout.Length, plan.WorldSize, 64 * 1024);
        _parameters = ParameterBuffer.Allocate(plan.Layout.Length);
        var ranks = plan.Silos[plan.Self].Ranks;
        // They read one buffer here too: large parameters, stored the normal way, would make this slower than an exchange.
        var shared = ranks.Count > 1 && !ParameterFetch.Suits(_parameters);
        _local = ranks.ToDictionary(
            rank => rank, rank => new Part(OptimizerCatalog.Create(plan.Optimizer, _parts[rank].Length), new BlockUpdate(shared)));
        _nothing = OptimizerCatalog.Create(plan.Optimizer, 0);
        Shard = new ShardState(new FlatRange(0, 0), _nothing);
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
            foreach (var piece in _pieces.Pieces(_parts[rank]))
            {
                for (long done = 0; done < piece.Length; done += BlockSum.BlockLength)
                {
                    var count = (int)Math.Min(BlockSum.BlockLength, piece.Length - done);
                    var at = piece.Start + done;
                    var gradient = (float*)gradients[piece.Slot] + piece.SlotOffset + done;
                    part.Update.Run(part.Optimizer, _parameters.Pointer + at, gradient, at - _parts[rank].Start, count);
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

        _nothing.Dispose();
        _parameters.Dispose();
    }

    private sealed class Part(IFlatOptimizer optimizer, BlockUpdate update)
    {
        public IFlatOptimizer Optimizer => optimizer;

        public BlockUpdate Update { get; } = update;

        public long Steps { get; set; }

        public long Ticks { get; set; }
    }
}
