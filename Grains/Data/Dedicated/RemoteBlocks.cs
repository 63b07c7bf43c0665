using System.Text.Json;
using Microsoft.Extensions.Options;
using OrleansTrain.Data.Blocks;
using OrleansTrain.Data.Packed;
using OrleansTrain.Data.Schema;
using OrleansTrain.Grains.Placement;

namespace OrleansTrain.Grains.Data.Dedicated;

/// <summary>
/// Fetches blocks that other silos have preprocessed, in chunks, straight into native memory. Thread-safe.
/// </summary>
internal sealed class RemoteBlocks(IGrainFactory grains, PreprocessingSilos silos, IOptions<DatasetOptions> options) : IDisposable
{
    /// <summary>Bytes that are asked for at once.</summary>
    public const int ChunkBytes = 1 << 20;

    private const int ChunksAtOnce = 4;

    private readonly SemaphoreSlim _transfers = new(options.Value.ParallelLoads);

    /// <summary>A block; the caller holds its reference. Which silo has it is asked anew each time: when one is lost, asking again finds another.</summary>
    /// <param name="name">The block's name, without a silo.</param>
    /// <param name="asked">As a rank asks for it.</param>
    public async Task<DataBlock> Fetch(string name, BlockRequest asked)
    {
        var (grain, request) = (Grain(name), asked with { Dedicated = false });
        var outline = await grain.Describe(request);
        await _transfers.WaitAsync();
        try
        {
            var schema = outline.Records == 0 ? RecordSchema.None : new RecordSchema(JsonSerializer.Deserialize(outline.Schema, PackedJson.Default.ColumnArray)!);
            var block = DataBlock.Allocate(schema, outline.Records, outline.Origin, outline.Skipped);
            try
            {
                await Fill(grain, request, block);
                return block;
            }
            catch
            {
                block.Release();
                throw;
            }
        }
        finally
        {
            _transfers.Release();
        }
    }

    /// <summary>The grain that preprocesses a block, on its silo.</summary>
    public IDatasetBlockGrain Grain(string name) => grains.GetGrain<IDatasetBlockGrain>(PinnedKey.Create(name, silos.Of(name)));

    public void Dispose() => _transfers.Dispose();

    private static Task Fill(IDatasetBlockGrain grain, BlockRequest request, DataBlock block)
    {
        var chunks = (block.RecordBytes + ChunkBytes - 1) / ChunkBytes;
        return Parallel.ForAsync(0, chunks, new ParallelOptions { MaxDegreeOfParallelism = ChunksAtOnce }, async (chunk, _) =>
        {
            var offset = (int)chunk * ChunkBytes;
            var length = (int)Math.Min(ChunkBytes, block.RecordBytes - offset);
            using var part = await grain.ReadBytes(request, offset, length);
            part.Bytes.CopyTo(block.Writable[offset..]);
        });
    }
}
