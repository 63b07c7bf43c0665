namespace OrleansTrain.Exchange.Synchronization;

/// <summary>
/// How long a thread looks before it sleeps. Going to sleep and being woken costs some 50 µs, which is much of a small step; but a thread
/// that spins keeps a core from one that works, so with more threads than cores nobody spins.
/// </summary>
internal readonly record struct SpinPolicy(TimeSpan Duration)
{
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
}
