using System.Text.Json;
using Orleans.Placement;
using OrleansTrain.Data.Blocks;
using OrleansTrain.Data.Order;
using OrleansTrain.Data.Packed;
using OrleansTrain.Data.Statistics;
using OrleansTrain.Grains.Abstractions.Data;
using OrleansTrain.Grains.Data.Dedicated;
using OrleansTrain.Grains.Placement;

namespace OrleansTrain.Grains.Data;

/// <inheritdoc cref="IDatasetBlockGrain"/>
/// <remarks>The memory belongs to the silo's <see cref="BlockCache"/>; the grain sees to it that a block is loaded once, however many ask.</remarks>
[PinnedPlacement, Immovable, CollectionAgeLimit(Minutes = 20)]
internal sealed class DatasetBlockGrain(BlockCache cache, BlockLoads loads, RemoteBlocks remote) : Grain, IDatasetBlockGrain
{
    private Loading? _loading;

    public async Task<LocalBlock> Acquire(BlockRequest request)
    {
        var key = this.GetPrimaryKeyString();
        if (cache.TryTake(key) is { } cached)
        {
            return new LocalBlock(cached);
        }

        var loading = _loading ??= new Loading(Load(request, key));
        loading.Waiting++;
        try
        {
            var block = await loading.Block;
            return new LocalBlock(BlockLease.TryTake(block));
        }
        finally
        {
            // The load's own reference lasts until everybody who waited has one.
            if (--loading.Waiting == 0)
            {
                _loading = null;
                if (loading.Block.IsCompletedSuccessfully)
                {
                    (await loading.Block).Release();
                }
            }
        }
    }

    public async Task<FittedColumn[]> Summarise(BlockRequest request, string[] columns, long firstRecord, double heldOut)
    {
        using var lease = (await Acquire(request)).Lease;
        return lease.Block.Count == 0 ? [] : await Task.Run(() =>
        {
            var records = RecordSubset.Of(firstRecord, lease.Block.Count, heldOut, takesHeldOut: false).ToList();
            return BlockSummary.Of(lease.Block, columns, records).Select(Fitting.Pack).ToArray();
        });
    }

    public async Task<FittedCategories[]> FindCategories(BlockRequest request) => await loads.Categories(request, await Locate(request));

    public async Task<BlockOutline> Describe(BlockRequest request)
    {
        using var lease = (await Acquire(request)).Lease;
        var block = lease.Block;
        return new BlockOutline(
            JsonSerializer.Serialize([.. block.Schema.Columns], PackedJson.Default.ColumnArray), block.Count, block.Origin, block.Skipped);
    }

    public async Task<BlockChunk> ReadBytes(BlockRequest request, int offset, int length) => new((await Acquire(request)).Lease, offset, length);

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        cache.DropUnused(this.GetPrimaryKeyString());
        return Task.CompletedTask;
    }

    private async Task<DataBlock> Load(BlockRequest request, string key)
    {
        var block = request.Dedicated
            ? await remote.Fetch(PinnedKey.Parse(key).Name, request)
            : await loads.Load(request, await Locate(request));
        cache.Add(key, block);
        return block;
    }

    // The dataset grain may be on a silo that is just leaving or dying: whoever asked for the block asks again, and it is on another.
    private Task<BlockAddress> Locate(BlockRequest request) =>
        GrainFactory.GetGrain<IDatasetGrain>(request.DatasetKey).GetBlock(request.Dataset, request.Digest, request.Block);

    private sealed class Loading(Task<DataBlock> block)
    {
        public Task<DataBlock> Block { get; } = block;

        public int Waiting { get; set; }
    }
}
