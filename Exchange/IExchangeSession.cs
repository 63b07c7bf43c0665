using OrleansTrain.Training.Replicas;
using OrleansTrain.Training.Tracing;
using TorchSharp;

namespace OrleansTrain.Exchange;

/// <summary>
/// One silo's part of the gradient exchange of one attempt of a run; shared by the silo's ranks.
/// It owns the parameter buffer that all of them read, and the shard of the optimizer state that falls to this silo.
/// </summary>
public interface IExchangeSession : IAsyncDisposable
{
    /// <summary>The plan this session was opened with.</summary>
    ExchangePlan Plan { get; }

    /// <summary>
    /// The flat parameter buffer: float32, <c>[Layout.Length]</c>, CPU, 64-byte aligned, zero in the padding.
    /// One for all ranks of the silo. Values are put there before <see cref="BroadcastParameters"/>; then it changes only inside <see cref="Step"/>.
    /// </summary>
    torch.Tensor Parameters { get; }

    /// <summary>
    /// What a rank's model computes with: <see cref="Parameters"/>, or a copy of the rank's own where they are small. A copy gets their values with
    /// <see cref="BroadcastParameters"/>, and with each <see cref="Step"/>.
    /// </summary>
    torch.Tensor ParametersOf(int rank) => Parameters;

    /// <summary>The optimizer state of this silo's shard.</summary>
    IShardState Shard { get; }

    /// <summary>Connects to the other silos and waits until all have connected. Called once, after every silo has opened its session.</summary>
    Task Connect(CancellationToken cancellationToken);

    /// <summary>
    /// Gives every silo the parameters of the silo of rank 0. Called once by every silo before the first step.
    /// </summary>
    Task BroadcastParameters(CancellationToken cancellationToken);

    /// <summary>
    /// Called by each rank's own thread before it computes a step; its gradients may then be made where other silos read them. The result takes
    /// gradients that are complete while the backward pass still runs, so that they can be on their way before <see cref="Step"/>; what is not told
    /// stays for that call, which is given all of them.
    /// </summary>
    /// <param name="request">What this rank asks of all ranks after this step: what it will say in <see cref="Step"/>.</param>
    /// <returns>Null where nothing is gained by it.</returns>
    IGradientSink? Begin(int rank, long step, StepRequests request) => null;

    /// <summary>
    /// Called by each rank's own thread, once a step, with the rank's gradient. Returns when <see cref="Parameters"/> are those after the step.
    /// The mean over all ranks is taken in the fixed order of the reduction tree, whatever the placement.
    /// </summary>
    /// <param name="rank">The caller's rank.</param>
    /// <param name="gradients">
    /// One pointer a parameter, in layout order: contiguous float32 on the CPU, left untouched until the call returns.
    /// </param>
    /// <param name="step">Global step number, the same on all ranks.</param>
    /// <param name="learningRate">Learning rate of this step, the same on all ranks.</param>
    /// <param name="request">What this rank asks of all ranks after this step.</param>
    /// <param name="meanwhile">
    /// Called again and again where the rank could only wait for others, or where they can do without it for a while: does a little of what comes next
    /// (microseconds of it, since what is waited for may come meanwhile) and says whether it did. Must not throw.
    /// </param>
    /// <param name="isDue">
    /// Whether the next step would have to begin with some of that: then others take over work of the exchange for it where they can. Null: while
    /// anything is left of it. Must not throw.
    /// </param>
    /// <returns>What any rank has asked for: all ranks of all silos get the same answer for the same step.</returns>
    /// <exception cref="StaleAttemptException">A newer attempt has started.</exception>
    /// <exception cref="PeerLostException">A silo or a rank is gone or did not come in time.</exception>
    StepRequests Step(
        int rank,
        ReadOnlySpan<nint> gradients,
        long step,
        double learningRate,
        StepRequests request,
        Func<bool>? meanwhile = null,
        Func<bool>? isDue = null);

    /// <summary>
    /// From a rank's next step on, records the parts of the exchange in <paramref name="trace"/>; null: no more. Called by the rank's own thread.
    /// A session that has no parts to show records none.
    /// </summary>
    void Trace(int rank, StepTrace? trace)
    {
    }

    /// <summary>Wakes all ranks waiting here with this error and tells the other silos.</summary>
    void Abort(Exception reason);

    /// <summary>Why it is slower than it could be on this machine, in one line fit for a log; null when nothing is known. The bits are the same.</summary>
    string? SlowedBy => null;

    /// <summary>Counters since the session was opened.</summary>
    ExchangeStatistics Statistics { get; }
}

/// <summary>What a rank asks of all ranks at the end of a step; asked by one, done by all after the same step.</summary>
[Flags]
public enum StepRequests
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Take a checkpoint after this step.</summary>
    Checkpoint = 1,

    /// <summary>Stop after this step.</summary>
    Stop = 2,

    /// <summary>
    /// This rank's silo still writes the checkpoint before, so that none can be taken after this step unless the run ends with it:
    /// said by one rank, left out by all.
    /// </summary>
    Busy = 4,
}

/// <summary>Counters of a session. Bytes are those that crossed to or from other silos.</summary>
/// <param name="ElementsLeft">Updates of parameters of this silo's shard that other silos of the host have made, since its rank was behind.</param>
public readonly record struct ExchangeStatistics(
    long Steps, long BytesSent, long BytesReceived, TimeSpan Waiting, TimeSpan Updating, long ElementsLeft = 0);
