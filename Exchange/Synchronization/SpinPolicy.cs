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
    /// <param name="threads">Threads of this process that take part.</param>
    /// <param name="othersOnHost">Whether other processes of this host take part too.</param>
    public static SpinPolicy For(int threads, bool othersOnHost) =>
        threads > Environment.ProcessorCount || Environment.ProcessorCount == 1 ? None
        : new SpinPolicy(othersOnHost ? TimeSpan.FromMicroseconds(20) : TimeSpan.FromMicroseconds(100));
}
