using System.Diagnostics;

namespace OrleansTrain.Exchange.Synchronization;

/// <summary>
/// Lets threads of this process wait until a counter has reached a value: looks for a while, then sleeps. Several counters may share a signal.
/// No allocation. Thread-safe.
/// </summary>
internal sealed class Signal
{
    private readonly object _sleep = new();
    private readonly SessionFault _fault;
    private readonly SpinPolicy _spin;
    private int _sleepers;

    public Signal(SessionFault fault, SpinPolicy spin)
    {
        _fault = fault;
        _spin = spin;
        fault.OnSet(WakeAll);
    }

    /// <summary>Throws the error the session has failed with, if it has.</summary>
    public void ThrowIfFaulted() => _fault.ThrowIfSet();

    /// <summary>To be called after a counter has been raised.</summary>
    public void Notify()
    {
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _sleepers) > 0)
        {
            WakeAll();
        }
    }

    /// <summary>Returns when <paramref name="counter"/> is at least <paramref name="target"/>, the session has failed, or the time is up.</summary>
    /// <param name="meanwhile">Done first, until it says that there is nothing left.</param>
    public WaitResult Wait(ref long counter, long target, TimeSpan timeout, Func<bool>? meanwhile = null)
    {
        var start = Stopwatch.GetTimestamp();
        if (_spin.Look(ref counter, target, _fault, meanwhile))
        {
            return WaitResult.Reached;
        }

        return Sleep(ref counter, target, start, timeout);
    }

    private WaitResult Sleep(ref long counter, long target, long start, TimeSpan timeout)
    {
        lock (_sleep)
        {
            Interlocked.Increment(ref _sleepers);
            try
            {
                while (true)
                {
                    if (Volatile.Read(ref counter) >= target)
                    {
                        return WaitResult.Reached;
                    }

                    if (_fault.IsSet)
                    {
                        return WaitResult.Faulted;
                    }

                    var remaining = timeout - Stopwatch.GetElapsedTime(start);
                    if (remaining <= TimeSpan.Zero || !Monitor.Wait(_sleep, Bounded(remaining)))
                    {
                        return Volatile.Read(ref counter) >= target ? WaitResult.Reached : WaitResult.TimedOut;
                    }
                }
            }
            finally
            {
                Interlocked.Decrement(ref _sleepers);
            }
        }
    }

    private static TimeSpan Bounded(TimeSpan remaining) => remaining.TotalMilliseconds > int.MaxValue ? TimeSpan.FromDays(1) : remaining;

    private void WakeAll()
    {
        lock (_sleep)
        {
            Monitor.PulseAll(_sleep);
        }
    }
}
