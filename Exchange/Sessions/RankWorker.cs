using System.Diagnostics;
using OrleansTrain.Exchange.Reduction;
using OrleansTrain.Training.Numerics;
using OrleansTrain.Training.Tracing;

namespace OrleansTrain.Exchange.Sessions;

/// <summary>
/// What belongs to one rank's thread in a session: what the rank brought to the step, and the scratch memory the thread works with.
/// </summary>
internal sealed class RankWorker(int rank, int index, int slots, long firstStep, StepSums sums) : IDisposable
{
    private readonly nint[] _gradients = new nint[slots];
    private long _arrived = firstStep;

    /// <summary>The rank.</summary>
    public int Rank => rank;

    /// <summary>Its number among the ranks of this silo.</summary>
    public int Index => index;

    /// <summary>The first element of each parameter's gradient, in layout order.</summary>
    public ReadOnlySpan<nint> Gradients => _gradients;

    /// <summary>The additions of a step and their registers.</summary>
    public StepSums Sums => sums;

    /// <summary>The mean gradient of a block.</summary>
    public NativeFloats Mean { get; } = new(BlockSum.BlockLength);

    public double LearningRate { get; private set; }

    public StepRequests Request { get; private set; }

    /// <summary>Steps the rank has brought a gradient to, counted like the global step.</summary>
    public long Arrived => Volatile.Read(ref _arrived);

    /// <summary>Ticks spent waiting for others.</summary>
    public long WaitingTicks { get; private set; }

    /// <summary>Ticks spent adding up and updating.</summary>
    public long UpdatingTicks { get; private set; }

    /// <summary>Takes what the rank brings to a step.</summary>
    public void Offer(ReadOnlySpan<nint> gradients, long step, double learningRate, StepRequests request)
    {
        if (gradients.Length != _gradients.Length)
        {
            throw new ArgumentException($"Rank {rank} brought {gradients.Length} gradients to step {step}: the model has {_gradients.Length} parameters.");
        }

        if (step != Arrived)
        {
            throw new InvalidOperationException($"Rank {rank} came with step {step}: the next one is {Arrived}.");
        }

        gradients.CopyTo(_gradients);
        LearningRate = learningRate;
        Request = request;
        Volatile.Write(ref _arrived, step + 1);
    }

    /// <summary>Where the parts of the rank's steps are recorded, if they are.</summary>
    public StepTrace? Trace { get; set; }

    /// <summary>The rank has waited for others.</summary>
    public void AddWaiting(long since, StepPart part)
    {
        WaitingTicks += Stopwatch.GetTimestamp() - since;
        Trace?.Add(part, since);
    }

    /// <summary>The rank has added up and updated.</summary>
    public void AddUpdating(long since)
    {
        UpdatingTicks += Stopwatch.GetTimestamp() - since;
        Trace?.Add(StepPart.SumUpdate, since);
    }

    public void Dispose()
    {
        sums.Dispose();
        Mean.Dispose();
    }
}
