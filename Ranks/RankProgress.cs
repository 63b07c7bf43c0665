using OrleansTrain.Training;

namespace OrleansTrain.Ranks;

/// <summary>
/// Where a rank stands, for other threads to look at. One writer, the rank's thread, which never waits; readers repeat a torn read
/// (a sequence lock).
/// </summary>
public sealed class RankProgress
{
    private long _version;
    private RankProgressSnapshot _value;

    /// <summary>The newest state, consistent in itself.</summary>
    public RankProgressSnapshot Read()
    {
        var spin = default(SpinWait);
        while (true)
        {
            var before = Volatile.Read(ref _version);
            var value = _value;
            // The fields are read before the version is read again.
            Interlocked.MemoryBarrier();
            if ((before & 1) == 0 && before == Volatile.Read(ref _version))
            {
                return value;
            }

            spin.SpinOnce();
        }
    }

    /// <summary>Called by the rank's thread alone.</summary>
    internal void Publish(in RankProgressSnapshot value)
    {
        // The version is odd before the first field is written, so the increment must not move behind it: a full barrier.
        Interlocked.Increment(ref _version);
        _value = value;
        Volatile.Write(ref _version, _version + 1);
    }
}

/// <summary>Where a rank stood at one moment.</summary>
/// <param name="Step">Steps of the run that are done.</param>
/// <param name="Epoch">Epoch that is being trained, from 0.</param>
/// <param name="Sums">Sums of that epoch so far.</param>
/// <param name="Phase">What the rank is doing.</param>
/// <param name="Timestamp"><see cref="System.Diagnostics.Stopwatch.GetTimestamp"/> of the last step's end, or the last batch of validation's: how long there was no progress.</param>
public readonly record struct RankProgressSnapshot(long Step, int Epoch, RunningSums Sums, RankPhase Phase, long Timestamp);

/// <summary>What a rank's loop is doing.</summary>
public enum RankPhase
{
    /// <summary>Not begun.</summary>
    Starting,

    /// <summary>Taking steps.</summary>
    Training,

    /// <summary>Running over its share of the validation data.</summary>
    Validating,

    /// <summary>Waiting until a checkpoint is written.</summary>
    Checkpointing,

    /// <summary>Ended.</summary>
    Done,
}
