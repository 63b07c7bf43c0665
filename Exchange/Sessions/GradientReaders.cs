using OrleansTrain.Exchange.Synchronization;

namespace OrleansTrain.Exchange.Sessions;

/// <summary>
/// Counts the threads that read ranks' gradients. A rank frees its own when it leaves a session that has failed, so it first waits until nobody reads
/// any more. Thread-safe.
/// </summary>
internal sealed class GradientReaders(SessionFault fault)
{
    private int _count;

    /// <summary>From now until the result is disposed, all gradients of the step stay.</summary>
    /// <remarks>Throws the session's error once there is one.</remarks>
    public Reading Enter()
    {
        Interlocked.Increment(ref _count);
        if (fault.IsSet)
        {
            Leave();
            fault.ThrowIfSet();
        }

        return new Reading(this);
    }

    /// <summary>Returns when nobody reads; the fault must have been set, which ends what readers may wait for.</summary>
    public void WaitForNone()
    {
        var spin = default(SpinWait);
        while (Volatile.Read(ref _count) > 0)
        {
            spin.SpinOnce();
        }
    }

    private void Leave() => Interlocked.Decrement(ref _count);

    /// <summary>Ends the reading.</summary>
    public readonly ref struct Reading(GradientReaders owner)
    {
        public void Dispose() => owner.Leave();
    }
}
