namespace OrleansTrain.Data.Order;

/// <summary>All that the order of a run's data depends on, besides the blocks' record counts. Immutable.</summary>
public sealed record OrderSpec
{
    /// <summary>Records in a shuffle window unless something else is said: MNIST fits wholly.</summary>
    public const long DefaultWindowRecords = 1 << 16;

    /// <summary>As the argument <c>seed</c> of PyTorch's <c>DistributedSampler</c>.</summary>
    public required long Seed { get; init; }

    /// <summary>Number of ranks.</summary>
    public required int WorldSize { get; init; }

    /// <summary>Samples a rank takes in one step.</summary>
    public required int BatchSize { get; init; }

    /// <summary>How records are ordered.</summary>
    public ShuffleMode Shuffle { get; init; } = ShuffleMode.Global;

    /// <summary>Leaves a last, smaller step out.</summary>
    public bool DropLast { get; init; }

    /// <summary>Every record exactly once, for evaluation: the ranks' shares of the last step may differ by one, and one may have none.</summary>
    public bool Exhaustive { get; init; }

    /// <summary>Most records that are shuffled together; always whole blocks, at least one.</summary>
    public long WindowRecords { get; init; } = DefaultWindowRecords;

    /// <summary>
    /// Records of the first window of epoch 0; the following ones are twice as large each, up to <see cref="WindowRecords"/>. Training starts when
    /// the first window is there, and goes on while the next ones come. Null: full windows from the start.
    /// </summary>
    public long? FirstWindowRecords { get; init; }

    /// <summary>Most records of a window.</summary>
    internal long WindowLimit(int epoch, int window) => epoch > 0 || FirstWindowRecords is not { } first || window >= 32
        ? WindowRecords
        : Math.Min(WindowRecords, first << window);
}
