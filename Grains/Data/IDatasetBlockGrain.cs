using Orleans.Concurrency;
using OrleansTrain.Data.Blocks;
using OrleansTrain.Grains.Abstractions.Data;
using OrleansTrain.Grains.Data.Dedicated;

namespace OrleansTrain.Grains.Data;

/// <summary>
/// One block of a dataset on one silo, decoded and preprocessed: pulled from the object store on first touch, then shared by all ranks and
/// runs of the silo. Key: <c>{URI}|{split}|{dataset digest}|{pipeline digest}|{block}|{silo}</c>. <see cref="Acquire"/> is called on its own silo only.
/// </summary>
[Alias("OrleansTrain.IDatasetBlockGrain")]
internal interface IDatasetBlockGrain : IGrainWithStringKey
{
    /// <summary>A lease of the block, by reference; the caller disposes it.</summary>
    [Alias("Acquire"), AlwaysInterleave, ResponseTimeout("00:10:00")]
    Task<LocalBlock> Acquire(BlockRequest request);

    /// <summary>Statistics of some columns of the block, over the records that are not held out.</summary>
    /// <param name="firstRecord">Number of the block's first record in the split, which says what is held out.</param>
    [Alias("Summarise"), AlwaysInterleave, ResponseTimeout("00:10:00")]
    Task<FittedColumn[]> Summarise(BlockRequest request, string[] columns, long firstRecord, double heldOut);

    /// <summary>The categories of the columns that the pipeline encodes. Reads the block; it is not kept, since it cannot be loaded before they are known.</summary>
    [Alias("FindCategories"), AlwaysInterleave, ResponseTimeout("00:10:00")]
    Task<FittedCategories[]> FindCategories(BlockRequest request);

    /// <summary>What the block is, for a silo that will ask for its bytes; loads it if need be.</summary>
    [Alias("Describe"), AlwaysInterleave, ResponseTimeout("00:10:00")]
    Task<BlockOutline> Describe(BlockRequest request);

    /// <summary>Some bytes of the block's records; the caller disposes them.</summary>
    [Alias("ReadBytes"), AlwaysInterleave, ResponseTimeout("00:10:00")]
    Task<BlockChunk> ReadBytes(BlockRequest request, int offset, int length);
}

/// <summary>Carries a lease within a silo: by reference, since it is immutable to Orleans and never leaves the process.</summary>
[GenerateSerializer, Alias("OrleansTrain.LocalBlock"), Immutable]
internal sealed class LocalBlock(BlockLease? lease)
{
    [NonSerialized]
    private readonly BlockLease? _lease = lease;

    /// <summary>The lease.</summary>
    /// <exception cref="InvalidOperationException">It has been sent to another process.</exception>
    public BlockLease Lease => _lease ?? throw new InvalidOperationException("A block can be used on its own silo only.");
}

/// <summary>Which block, for whom.</summary>
[GenerateSerializer, Alias("OrleansTrain.BlockRequest"), Immutable]
internal sealed record BlockRequest
{
    /// <summary>The dataset.</summary>
    [Id(0)] public required DatasetRequest Dataset { get; init; }

    /// <summary>Key of the grain that has it listed.</summary>
    [Id(1)] public required string DatasetKey { get; init; }

    /// <summary>The version that the run reads.</summary>
    [Id(2)] public required string Digest { get; init; }

    /// <summary>Number of the block.</summary>
    [Id(3)] public required int Block { get; init; }

    /// <summary>Records that the order of the data counts on; -1: any.</summary>
    [Id(4)] public required int Records { get; init; }

    /// <summary>What is done to the block; see <see cref="PipelineRegistry"/>.</summary>
    [Id(5)] public required string Pipeline { get; init; }

    /// <summary>Whether bad records are skipped.</summary>
    [Id(6)] public required bool SkipBad { get; init; }

    /// <summary>Share of the records that may be bad.</summary>
    [Id(7)] public required double MostBad { get; init; }

    /// <summary>Whether a silo without ranks preprocesses the block for this one.</summary>
    [Id(8)] public bool Dedicated { get; init; }

    /// <summary>How a silo without ranks makes the pipeline; null when every silo that reads the data hosts a rank.</summary>
    [Id(9)] public PipelineRecipe? Recipe { get; init; }
}
