using OrleansTrain.Exchange;
using OrleansTrain.Training;
using TorchSharp;

namespace OrleansTrain.Ranks.Tests.Doubles;

/// <summary>
/// The plainest exchange there can be: all ranks in one process, sums in rank order by scalar code, SGD with momentum.
/// What the loop is tested against, independent of the real exchange.
/// </summary>
internal sealed unsafe class BarrierSession : IExchangeSession, IShardState
{
    private readonly Barrier _barrier;
    private readonly nint[][] _gradients;
    private readonly float[] _momentum;
    private readonly StepRequests[] _requests;
    private readonly float* _parameters;
    private Exception? _aborted;

    public BarrierSession(ParameterLayout layout, int ranks, float momentum)
    {
        Plan = new ExchangePlan
        {
            RunId = "test",
            Attempt = 1,
            Silos = [new ExchangeSilo(new ExchangeEndpoint("host", "127.0.0.1", 1, "silo"), [.. Enumerable.Range(0, ranks)])],
            Self = 0,
            Layout = layout,
            Optimizer = new OptimizerSettings("sgd", 0.1, new Dictionary<string, double> { ["momentum"] = momentum }),
            Secret = new byte[32],
        };
        Parameters = torch.zeros(layout.Length).DetachFromDisposeScope();
        fixed (byte* bytes = Parameters.bytes)
        {
            _parameters = (float*)bytes;
        }

        _gradients = new nint[ranks][];
        _requests = new StepRequests[ranks];
        _momentum = new float[layout.Length];
        _barrier = new Barrier(ranks, _ => Update());
    }

    public ExchangePlan Plan { get; }

    public torch.Tensor Parameters { get; }

    public IShardState Shard => this;

    public ExchangeStatistics Statistics => default;

    public long Start => 0;

    public long Length => Plan.Layout.Length;

    public long OptimizerSteps { get; private set; }

    public IReadOnlyList<string> Names { get; } = ["momentum_buffer"];

    /// <summary>The learning rates of all steps, by step.</summary>
    public SortedDictionary<long, double> LearningRates { get; } = [];

    /// <summary>What was last said about whether the rank has something to do that its next step would begin with.</summary>
    public Func<bool>? IsDue { get; private set; }

    public StepRequests Agreed { get; private set; }

    public Task Connect(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task BroadcastParameters(CancellationToken cancellationToken) => Task.CompletedTask;

    public StepRequests Step(
        int rank,
        ReadOnlySpan<nint> gradients,
        long step,
        double learningRate,
        StepRequests request,
        Func<bool>? meanwhile = null,
        Func<bool>? isDue = null)
    {
        ThrowIfAborted();
        _gradients[rank] = gradients.ToArray();
        _requests[rank] = request;
        if (rank == 0)
        {
            IsDue = isDue;
            LearningRates[step] = learningRate;
        }

        try
        {
            _barrier.SignalAndWait();
        }
        catch (ObjectDisposedException)
        {
            ThrowIfAborted();
        }

        ThrowIfAborted();
        return Agreed;
    }

    public void Abort(Exception reason)
    {
        // Removing this rank's share lets the others run into the flag.
        if (Interlocked.CompareExchange(ref _aborted, reason, null) is null && _barrier.ParticipantCount > 1)
        {
            _barrier.RemoveParticipant();
        }
    }

    public void Read(string name, long offset, Span<float> destination) => _momentum.AsSpan((int)offset, destination.Length).CopyTo(destination);

    public void Write(string name, long offset, ReadOnlySpan<float> source) => source.CopyTo(_momentum.AsSpan((int)offset));

    public void SetOptimizerSteps(long steps) => OptimizerSteps = steps;

    public ValueTask DisposeAsync()
    {
        Parameters.Dispose();
        _barrier.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Update()
    {
        if (Volatile.Read(ref _aborted) is not null)
        {
            return;
        }

        var momentum = (float)Plan.Optimizer.Values["momentum"];
        var learningRate = (float)LearningRates.Values.Last();
        for (var p = 0; p < Plan.Layout.Slots.Count; p++)
        {
            var slot = Plan.Layout.Slots[p];
            for (long i = 0; i < slot.Length; i++)
            {
                var sum = 0f;
                foreach (var rank in _gradients)
                {
                    sum += ((float*)rank[p])[i];
                }

                ref var velocity = ref _momentum[slot.Offset + i];
                velocity = (momentum * velocity) + (sum / _gradients.Length);
                _parameters[slot.Offset + i] -= learningRate * velocity;
            }
        }

        OptimizerSteps++;
        Agreed = _requests.Aggregate(StepRequests.None, (all, one) => all | one);
    }

    private void ThrowIfAborted()
    {
        if (Volatile.Read(ref _aborted) is { } reason)
        {
            throw new PeerLostException($"Aborted: {reason.Message}", reason);
        }
    }
}
