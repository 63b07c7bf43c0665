using System.Diagnostics;
using OrleansTrain.Exchange.Synchronization;

namespace OrleansTrain.Exchange.SharedMemory;

/// <summary>
/// Lets threads of several processes wait for counters in shared memory: looks for a while, then sleeps on the word of its silo. A thread that dies
/// in its sleep leaves nothing behind but a needless call of those who wake it. Thread-safe.
/// </summary>
internal sealed unsafe class SharedSignal
{
    private readonly SessionFault _fault;
    private readonly SiloControl* _own;
    private readonly SpinPolicy _spin;

    public SharedSignal(SiloControl* own, SessionFault fault, SpinPolicy spin)
    {
        _own = own;
        _fault = fault;
        _spin = spin;
        fault.OnSet(() => Ring(_own));
    }

    /// <summary>To be called after a counter has been raised (with a full fence) that threads of this silo may wait for.</summary>
    public static void Notify(SiloControl* silo)
    {
        if (Volatile.Read(ref silo->Sleepers) > 0)
        {
            Ring(silo);
        }
    }

    /// <summary>Returns when <paramref name="counter"/> is at least <paramref name="target"/>, the session has failed, or the time is up.</summary>
    /// <param name="meanwhile">Done first, until it says that there is nothing left.</param>
    public WaitResult Wait(long* counter, long target, TimeSpan timeout, Func<bool>? meanwhile = null)
    {
        var start = Stopwatch.GetTimestamp();
        if (_spin.Look(ref *counter, target, _fault, meanwhile))
        {
            return WaitResult.Reached;
        }

        Interlocked.Increment(ref _own->Sleepers);
        var result = Sleep(counter, target, start, timeout);
        Interlocked.Decrement(ref _own->Sleepers);
        return result;
    }

    /// <summary>Throws the error the session has failed with, if it has.</summary>
    public void ThrowIfFaulted() => _fault.ThrowIfSet();

    private static void Ring(SiloControl* silo)
    {
        Interlocked.Increment(ref silo->Bell);
        LinuxMemory.WakeAll(&silo->Bell);
    }

    private WaitResult Sleep(long* counter, long target, long start, TimeSpan timeout)
    {
        while (true)
        {
            var bell = Volatile.Read(ref _own->Bell);
            if (Volatile.Read(ref *counter) >= target)
            {
                return WaitResult.Reached;
            }

            if (_fault.IsSet)
            {
                return WaitResult.Faulted;
            }

            var remaining = timeout - Stopwatch.GetElapsedTime(start);
            if (remaining <= TimeSpan.Zero)
            {
                return WaitResult.TimedOut;
            }

            LinuxMemory.Wait(&_own->Bell, bell, remaining);
        }
    }
}
