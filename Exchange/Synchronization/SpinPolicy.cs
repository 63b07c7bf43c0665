using System.Diagnostics;

namespace OrleansTrain.Exchange.Synchronization;

/// <summary>
/// What a thread does before it sleeps: first what is left to do meanwhile, then it looks for a while. Going to sleep and being woken costs some 50 µs,
/// which is much of a small step; but a thread that spins keeps a core from one that works, so with more threads than cores nobody spins.
/// </summary>
internal readonly record struct SpinPolicy(TimeSpan Duration)
{
    private readonly long _ticks = (long)(Duration.TotalSeconds * Stopwatch.Frequency);

    /// <summary>Sleeps at once.</summary>
    public static SpinPolicy None => default;

    /// <summary>For threads that work at the same time.</summary>
    /// <param name="threads">Threads of this host that take part.</param>
    /// <param name="bySockets">
    /// Whether silos of this host that take part send to others through sockets, which other threads of theirs serve: those need the core sooner.
    /// </param>
    public static SpinPolicy For(int threads, bool bySockets) =>
        threads > Environment.ProcessorCount || Environment.ProcessorCount == 1 ? None
        : new SpinPolicy(TimeSpan.FromMicroseconds(bySockets ? 20 : 100));

    /// <summary>Whether <paramref name="counter"/> reaches <paramref name="target"/> before it is time to sleep.</summary>
    /// <param name="fault">Ends what is done meanwhile.</param>
    /// <param name="meanwhile">Called until it says that there is nothing to do.</param>
    public bool Look(ref long counter, long target, SessionFault fault, Func<bool>? meanwhile)
    {
        if (Volatile.Read(ref counter) >= target)
        {
            return true;
        }

        while (meanwhile is not null && !fault.IsSet && meanwhile())
        {
            if (Volatile.Read(ref counter) >= target)
            {
                return true;
            }
        }

        var start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetTimestamp() - start < _ticks)
        {
            Thread.SpinWait(20);
            if (Volatile.Read(ref counter) >= target)
            {
                return true;
            }
        }

        return false;
    }
}
