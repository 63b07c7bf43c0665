using OrleansTrain.Data.Blocks;
using OrleansTrain.Data.Sources;
using OrleansTrain.Grains.Abstractions.Data;
using OrleansTrain.Grains.Placement;

namespace OrleansTrain.Grains.Data;

/// <summary>Gets blocks from the block grains of this silo. Thread-safe.</summary>
internal sealed class GrainBlockSupply(IGrainFactory grains, SiloAddress silo, BlockRequest template) : IBlockSupply
{
    /// <summary>Records that each block must have; null while they are being counted.</summary>
    public IReadOnlyList<int>? Records { get; set; }

    public async Task<BlockLease> Acquire(int block, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return (await Grain(block).Acquire(Request(block))).Lease;
    }

    /// <summary>Statistics of some columns of a block.</summary>
    public Task<FittedColumn[]> Summarise(int block, string[] columns, long firstRecord, double heldOut) =>
        Grain(block).Summarise(Request(block), columns, firstRecord, heldOut);

    /// <summary>The categories of a block in the columns that the pipeline encodes.</summary>
    public Task<FittedCategories[]> FindCategories(int block) => Grain(block).FindCategories(Request(block));

    private BlockRequest Request(int block) => template with { Block = block, Records = Records?[block] ?? -1 };

    private IDatasetBlockGrain Grain(int block)
    {
        var rules = template.SkipBad ? $"{template.Pipeline}-skip" : template.Pipeline;
        var name = $"{template.Dataset.Uri}|{template.Dataset.Split}|{template.Digest[..16]}|{rules}|{block}";
        return grains.GetGrain<IDatasetBlockGrain>(PinnedKey.Create(name, silo));
    }
}
