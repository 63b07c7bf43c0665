using OrleansTrain.Exchange.Layout;

namespace OrleansTrain.Exchange.Links;

/// <summary>
/// The way to one other silo of a session. Both sides push: partial sums into the other's inbox, then new parameters into its buffer.
/// Everything has its place from the start, so that receiving never waits for the receiver's ranks and two silos cannot wait for each other.
/// </summary>
internal unsafe interface IPeerLink : IAsyncDisposable
{
    /// <summary>Index of the other silo in the plan.</summary>
    int Silo { get; }

    /// <summary>Bytes that have gone to the other silo and come from it.</summary>
    (long Sent, long Received) Bytes { get; }

    /// <summary>Connects to the other silo; returns when it has answered.</summary>
    Task Connect(CancellationToken cancellationToken);

    /// <summary>
    /// Where this silo's partial sum for a chunk of the other's shard is to be written for <see cref="SendPartial"/>,
    /// or null when any memory will do.
    /// </summary>
    float* PartialTarget(int node, int chunk);

    /// <summary>
    /// Lends a rank's gradient to the other silo, which reads it where it is for all partial sums that are this gradient alone. False when it cannot
    /// be read there: then it is to be written to <see cref="PartialTarget"/> like any sum.
    /// </summary>
    /// <param name="node">Counts in this silo's cover; one of a single rank.</param>
    /// <param name="slot">The parameter.</param>
    bool TryLend(int node, int slot, float* gradient);

    /// <summary>Gives a partial sum to the other silo. <paramref name="data"/> may be reused on return. Any thread.</summary>
    void SendPartial(long step, int node, int chunk, StepRequests requests, float* data);

    /// <summary>
    /// In sessions that send early: all ranks of this silo have come to the step, so that none of them reads parameters any more, and the other silo's
    /// new ones may arrive. In others a partial sum says so for its chunk.
    /// </summary>
    void AllowParameters(long step);

    /// <summary>Gives a chunk of this silo's shard, updated, to the other silo. Any thread.</summary>
    void SendParameters(long step, int chunk, float* data);

    /// <summary>The other silo's partial sum for a part of a shard.</summary>
    /// <param name="owner">The silo whose shard it is: this one, or any where silos share the update.</param>
    /// <param name="node">Counts in the other silo's cover.</param>
    /// <param name="piece">The part, within one parameter.</param>
    float* Partial(int owner, int node, in Piece piece);

    /// <summary>Waits for all of the other silo's partial sums for a chunk of this silo's shard.</summary>
    /// <param name="meanwhile">Done while there is nothing to do but wait; false when nothing is left of it.</param>
    void WaitForPartials(long step, int chunk, TimeSpan timeout, Func<bool>? meanwhile);

    /// <summary>Waits until the other silo's shard has arrived in the parameter buffer.</summary>
    /// <param name="meanwhile">Done while there is nothing to do but wait; false when nothing is left of it.</param>
    void WaitForParameters(long step, TimeSpan timeout, Func<bool>? meanwhile);

    /// <summary>What the other silo's ranks ask for in this step. Known once a partial sum has come.</summary>
    StepRequests Requests(long step);

    /// <summary>Sends all parameters, before the first step.</summary>
    void SendBroadcast();

    /// <summary>Waits for all parameters, before the first step.</summary>
    void WaitForBroadcast(TimeSpan timeout);

    /// <summary>
    /// Ends the exchange with the other silo and wakes threads of this silo that are blocked in sending to it. Memory stays valid until the link
    /// is disposed.
    /// </summary>
    /// <param name="reason">Why the session has failed, for the other silo to know; null when it has come to its end.</param>
    void Close(Exception? reason);
}
