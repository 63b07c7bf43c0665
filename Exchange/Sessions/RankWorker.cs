using System.Diagnostics;
using OrleansTrain.Exchange.Reduction;
using OrleansTrain.Training.Numerics;
using OrleansTrain.Training.Tracing;

namespace OrleansTrain.Exchange.Sessions;

/// <summary>
/// What belongs to one rank's thread in a session: what the rank brought to the step, and the scratch memory the thread works with.
/// </summary>
internal sealed class RankWorker(int rank, int index, int slots, long firstStep, StepSums sums, GradientRoom? room = null) : IDisposable
{
    private readonly nint[] _gradients = new nint[slots];
    private long _begun = firstStep - 1;
    private long _arrived = firstStep;

    /// <summary>The rank.</summary>
    public int Rank => rank;

    /// <summary>Its number among the ranks of this silo.</summary>
    public int Index => index;

    /// <summary>The first element of each parameter's gradient, in layout order.</summary>
    public ReadOnlySpan<nint> Gradients => _gradients;

    /// <summary>Where its gradients lie; null: where libtorch puts them.</summary>
    public GradientRoom? Room => room;

    /// <summary>The additions of a step and their registers.</summary>
    public StepSums Sums => sums;

    /// <summary>A block that is being worked on: its mean gradient, or a partial sum on its way to others.</summary>
    public NativeFloats Block { get; } = new(BlockSum.BlockLength);

    public double LearningRate { get; private set; }

    public StepRequests Request { get; private set; }

    /// <summary>What the rank does while it can only wait for others; false when nothing is left of it.</summary>
    public Func<bool>? Meanwhile { get; set; }

    /// <summary>Whether the next step would have to begin with some of it; null: while anything is left of it.</summary>
    public Func<bool>? IsDue { get; set; }

    /// <summary>Whether there is something to do that the next step would have to begin with.</summary>
    public bool HasDue => Meanwhile is not null && IsDue?.Invoke() != false;

    /// <summary>The last step whose gradients the rank may tell early.</summary>
    public long Begun => Volatile.Read(ref _begun);

    /// <summary>Steps the rank has brought a gradient to, counted like the global step.</summary>
    public long Arrived => Volatile.Read(ref _arrived);

    /// <summary>Ticks spent waiting for others.</summary>
    public long WaitingTicks { get; private set; }

    /// <summary>Ticks spent adding up and updating.</summary>
    public long UpdatingTicks { get; private set; }

    /// <summary>What any of these ranks asks for.</summary>
    public static StepRequests Requests(RankWorker[] ranks)
    {
        var requests = StepRequests.None;
        foreach (var rank in ranks)
        {
            requests |= rank.Request;
        }

        return requests;
    }

    /// <summary>The rank begins to compute a step, at the end of which it will ask for this.</summary>
    public void Begin(long step, StepRequests request)
    {
        Request = request;
        Volatile.Write(ref _begun, step);
    }

    /// <summary>Takes one gradient before the others.</summary>
    public void OfferEarly(int slot, nint gradient) => _gradients[slot] = gradient;

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
        Block.Dispose();
        room?.Dispose();
    }
}
