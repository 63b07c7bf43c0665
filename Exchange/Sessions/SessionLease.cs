using OrleansTrain.Training.Replicas;
using OrleansTrain.Training.Tracing;
using TorchSharp;

namespace OrleansTrain.Exchange.Sessions;

/// <summary>One opener's hold on a session that the ranks of a silo share: the session closes when all holds have been disposed.</summary>
internal sealed class SessionLease(IExchangeSession session, Func<ValueTask> release) : IExchangeSession
{
    private int _released;

    public ExchangePlan Plan => session.Plan;

    public torch.Tensor Parameters => session.Parameters;

    public torch.Tensor ParametersOf(int rank) => session.ParametersOf(rank);

    public IShardState Shard => session.Shard;

    public string? SlowedBy => session.SlowedBy;

    public ExchangeStatistics Statistics => session.Statistics;

    public Task Connect(CancellationToken cancellationToken) => session.Connect(cancellationToken);

    public Task BroadcastParameters(CancellationToken cancellationToken) => session.BroadcastParameters(cancellationToken);

    public IGradientSink? Begin(int rank, long step, StepRequests request) => session.Begin(rank, step, request);

    public StepRequests Step(
        int rank,
        ReadOnlySpan<nint> gradients,
        long step,
        double learningRate,
        StepRequests request,
        Func<bool>? meanwhile = null,
        Func<bool>? isDue = null) =>
        session.Step(rank, gradients, step, learningRate, request, meanwhile, isDue);

    public void Trace(int rank, StepTrace? trace) => session.Trace(rank, trace);

    public void Abort(Exception reason) => session.Abort(reason);

    public ValueTask DisposeAsync() => Interlocked.Exchange(ref _released, 1) == 0 ? release() : ValueTask.CompletedTask;
}
