using OrleansTrain.Data;
using static TorchSharp.torch;

namespace OrleansTrain.Ranks.Tests.Doubles;

/// <summary>A rank's share of a small random dataset, shuffled by (seed, epoch) like the real sources.</summary>
internal sealed class ListSource(long seed, int rank, int worldSize, long stepsPerEpoch, int batchSize, int inputs, int classes) : IBatchSource
{
    private int _epoch;
    private long _next;

    /// <summary>Changes a batch before it is handed out.</summary>
    public Func<int, long, Batch, Batch>? Intercept { get; init; }

    /// <summary>Called when the rank has time to prepare something.</summary>
    public Func<bool>? Preparing { get; init; }

    /// <summary>Whether the rank should.</summary>
    public Func<bool>? Behind { get; init; }

    public bool IsBehind => Behind?.Invoke() ?? false;

    public long StepsPerEpoch => stepsPerEpoch;

    public long SamplesPerEpoch => stepsPerEpoch * batchSize * worldSize;

    public TimeSpan Waited => TimeSpan.Zero;

    public void StartEpoch(int epoch, long firstStep) => (_epoch, _next) = (epoch, firstStep);

    public Batch? Next(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_next == stepsPerEpoch)
        {
            return null;
        }

        var step = _next++;
        using var generator = new Generator((ulong)((((((seed * 1000) + _epoch) * 1000) + step) * 100) + rank), CPU);
        using var scope = NewDisposeScope();
        var x = randn([batchSize, inputs], generator: generator);
        var y = x.narrow(1, 0, classes).argmax(1);
        var batch = new Batch(x.DetachFromDisposeScope(), y.DetachFromDisposeScope(), batchSize) { Origin = $"epoch {_epoch} step {step}" };
        return Intercept?.Invoke(_epoch, step, batch) ?? batch;
    }

    public bool Prepare() => Preparing?.Invoke() ?? false;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
