namespace OrleansTrain.Data;

/// <summary>
/// One rank's batches, in the order that (order seed, epoch, world size) fix. Used by the rank's thread alone;
/// what prefetches behind it may use others.
/// </summary>
public interface IBatchSource : IAsyncDisposable
{
    /// <summary>Steps every rank takes in an epoch.</summary>
    long StepsPerEpoch { get; }

    /// <summary>Samples all ranks together see in an epoch.</summary>
    long SamplesPerEpoch { get; }

    /// <summary>Starts prefetching epoch <paramref name="epoch"/> (from 0) at step <paramref name="firstStep"/> within it.</summary>
    void StartEpoch(int epoch, long firstStep);

    /// <summary>
    /// The next batch, waiting for it if need be; null at the end of the epoch.
    /// Throws what reading or preprocessing threw, with the object and record named.
    /// </summary>
    Batch? Next(CancellationToken cancellationToken);

    /// <summary>
    /// Does some microseconds' worth of what <see cref="Next"/> will have to do, without waiting for anything; false when there is nothing now.
    /// For time that the rank has to spend waiting for something else. What goes wrong is thrown by the <see cref="Next"/> that it is for.
    /// </summary>
    bool Prepare() => false;

    /// <summary>Whether <see cref="Next"/> would have to do some of what <see cref="Prepare"/> can do now. Changes with either alone.</summary>
    bool IsBehind => false;

    /// <summary>Time <see cref="Next"/> has spent waiting since the source was opened.</summary>
    TimeSpan Waited { get; }
}
