using System.Collections.Concurrent;
using System.Diagnostics;
using OrleansTrain.Data.Blocks;
using OrleansTrain.Data.Sources;
using OrleansTrain.Grains.Abstractions.Data;
using OrleansTrain.Grains.Data.Dedicated;
using OrleansTrain.Grains.Placement;

namespace OrleansTrain.Grains.Data;

/// <summary>Gets blocks from the block grains of this silo. Thread-safe.</summary>
/// <param name="cache">The silo's blocks, where the supply is used on that silo: what is there need not be asked for. Null elsewhere.</param>
internal sealed class GrainBlockSupply(IGrainFactory grains, SiloAddress silo, RemoteBlocks remote, BlockRequest template, BlockCache? cache = null) : IBlockSupply
{
    // Short epochs take the same blocks again and again. The grain is asked now and then all the same, long before it
    // would be collected for want of use, and its block dropped with it.
    private static readonly TimeSpan Unasked = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<int, (string Key, long Asked)> _known = [];

    /// <summary>Records that each block must have; null while they are being counted.</summary>
    public IReadOnlyList<int>? Records { get; set; }

    public async Task<BlockLease> Acquire(int block, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (cache is not null && _known.TryGetValue(block, out var known) && Stopwatch.GetElapsedTime(known.Asked) < Unasked && cache.TryTake(known.Key) is { } cached)
        {
            return cached;
        }

        var key = PinnedKey.Create(Name(block), silo);
        var grain = grains.GetGrain<IDatasetBlockGrain>(key);
        var lease = (await SiloLoss.Outlast(() => grain.Acquire(Request(block)), cancellationToken)).Lease;
        _known[block] = (key, Stopwatch.GetTimestamp());
        return lease;
    }

    /// <summary>Statistics of some columns of a block.</summary>
    public Task<FittedColumn[]> Summarise(int block, string[] columns, long firstRecord, double heldOut) =>
        SiloLoss.Outlast(() => Reader(block).Summarise(Request(block) with { Dedicated = false }, columns, firstRecord, heldOut));

    /// <summary>The categories of a block in the columns that the pipeline encodes.</summary>
    public Task<FittedCategories[]> FindCategories(int block) =>
        SiloLoss.Outlast(() => Reader(block).FindCategories(Request(block) with { Dedicated = false }));

    private BlockRequest Request(int block) => template with { Block = block, Records = Records?[block] ?? -1 };

    // Where the block is read and preprocessed: what is asked of it crosses silos, not the block.
    private IDatasetBlockGrain Reader(int block) =>
        template.Dedicated ? remote.Grain(Name(block)) : grains.GetGrain<IDatasetBlockGrain>(PinnedKey.Create(Name(block), silo));

    private string Name(int block)
    {
        var rules = template.SkipBad ? $"{template.Pipeline}-skip" : template.Pipeline;
        return $"{template.Dataset.Uri}|{template.Dataset.Split}|{template.Digest[..16]}|{rules}|{block}";
    }
}
