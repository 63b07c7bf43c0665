using OrleansTrain.Data.Order;

namespace OrleansTrain.Data.Sources;

/// <summary>Which batches a rank gets. Immutable; all but <see cref="Rank"/> are the same on all ranks of a run.</summary>
public sealed record BatchSourceOptions
{
    /// <summary>The run, for logs; empty outside of one.</summary>
    public string RunId { get; init; } = "";

    /// <summary>0 … <see cref="WorldSize"/>-1.</summary>
    public required int Rank { get; init; }

    /// <summary>Number of ranks.</summary>
    public required int WorldSize { get; init; }

    /// <summary>Samples in a batch of one rank.</summary>
    public required int BatchSize { get; init; }

    /// <summary>Seed of what transforms draw.</summary>
    public required long Seed { get; init; }

    /// <summary>Seed of the order of records.</summary>
    public long OrderSeed { get; init; }

    /// <summary>How records are ordered.</summary>
    public ShuffleMode Shuffle { get; init; } = ShuffleMode.Global;

    /// <summary>Leaves a last, smaller step out.</summary>
    public bool DropLast { get; init; }

    /// <summary>
    /// For evaluation: every record exactly once over all ranks, in the stored order, without random changes. The last batches may differ in
    /// size, and a rank may have one step less than <see cref="IBatchSource.StepsPerEpoch"/>.
    /// </summary>
    public bool Exhaustive { get; init; }

    /// <summary>Share of the split <c>train</c> that the run holds out for validation, 0 … 1; statistics are those of the rest.</summary>
    public double HeldOut { get; init; }

    /// <summary>Which records of the split take part.</summary>
    public RecordPart Part { get; init; } = RecordPart.All;

    /// <summary>What a bad record does.</summary>
    public BadRecords OnError { get; init; } = BadRecords.Fail;

    /// <summary>Share of a block's records that may be skipped, 0 … 1; at least one record may.</summary>
    public double MostSkipped { get; init; } = 0.01;

    /// <summary>Most records that are shuffled together; fewer where they would take more than <see cref="LargestWindowBytes"/>.</summary>
    public long WindowRecords { get; init; } = OrderSpec.DefaultWindowRecords;

    /// <summary>Epochs that will be asked for; after the last one nothing is prefetched. Null: not known.</summary>
    public int? Epochs { get; init; }

    /// <summary>Bytes of a shuffle window that are not exceeded, unless a single block is larger. Part of what fixes the order.</summary>
    public const long LargestWindowBytes = 256 << 20;

    private const long FirstWindowOfSlowData = 4096;

    /// <summary>The order these options and a record's length make.</summary>
    /// <param name="slowToRead">Whether the first epoch shall start before a whole window has been read.</param>
    internal OrderSpec Order(int recordBytes, bool slowToRead = false) => new()
    {
        Seed = OrderSeed,
        WorldSize = WorldSize,
        BatchSize = BatchSize,
        Shuffle = Exhaustive ? ShuffleMode.None : Shuffle,
        DropLast = DropLast,
        Exhaustive = Exhaustive,
        FirstWindowRecords = slowToRead ? FirstWindowOfSlowData : null,
        WindowRecords = Math.Min(WindowRecords, Math.Max(1, LargestWindowBytes / Math.Max(1, recordBytes))),
    };

    internal void Check()
    {
        if (WorldSize < 1 || Rank < 0 || Rank >= WorldSize || BatchSize < 1 || WindowRecords < 1 || HeldOut is not (>= 0 and < 1))
        {
            throw new ArgumentException($"Rank {Rank} of {WorldSize} with batch size {BatchSize} and window {WindowRecords} is no place to read from.");
        }
    }
}

/// <summary>Which records of a split take part.</summary>
public enum RecordPart
{
    /// <summary>All of them.</summary>
    All,

    /// <summary>Those that are not held out.</summary>
    Kept,

    /// <summary>Those that are held out.</summary>
    HeldOut,
}

/// <summary>What a record that cannot be read does.</summary>
public enum BadRecords
{
    /// <summary>Ends the run, with object, record and reason named.</summary>
    Fail,

    /// <summary>Its place is taken by a neighbour; a block with too many of them fails all the same.</summary>
    Skip,
}
