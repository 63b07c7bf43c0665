using OrleansTrain.Data.Blocks;
using OrleansTrain.Data.Pipeline;
using OrleansTrain.Data.Reading;
using OrleansTrain.Data.Schema;

namespace OrleansTrain.Data.Packed;

/// <summary>One split whose every block has been read without fault.</summary>
internal sealed record CheckedSplit(string Name, DatasetCatalog Catalog, long Records, DataBlock?[] Kept);

/// <summary>
/// A source dataset that has been read once from front to back, so that a fault in it shows before anything is written elsewhere.
/// What fits a limit is kept in memory, the rest is read again.
/// </summary>
internal sealed class CheckedSource : IDisposable
{
    private readonly BlockLoader _loader;

    private CheckedSource(BlockLoader loader, RecordSchema schema, List<CheckedSplit> splits) => (_loader, Schema, Splits) = (loader, schema, splits);

    public RecordSchema Schema { get; }

    public IReadOnlyList<CheckedSplit> Splits { get; }

    /// <exception cref="DatasetException">A block is corrupt, or the splits have different columns.</exception>
    public static async Task<CheckedSource> Read(BlockLoader loader, long keepBytes, CancellationToken cancellationToken)
    {
        RecordSchema? schema = null;
        var splits = new List<CheckedSplit>();
        try
        {
            foreach (var name in await loader.Splits(cancellationToken))
            {
                var catalog = await loader.Open(name, cancellationToken);
                var kept = new DataBlock?[catalog.Blocks.Count];
                long records = 0;
                splits.Add(new CheckedSplit(name, catalog, 0, kept));
                for (var i = 0; i < kept.Length; i++)
                {
                    var block = await loader.Load(catalog.Blocks[i], cancellationToken);
                    records += block.Count;
                    schema = schema is null or { RecordBytes: 0 } ? block.Schema : schema;
                    kept[i] = block.Bytes <= keepBytes ? block : null;
                    keepBytes -= kept[i]?.Bytes ?? 0;
                    try
                    {
                        CheckSame(schema, block);
                    }
                    finally
                    {
                        ReleaseUnless(kept[i], block);
                    }
                }

                splits[^1] = splits[^1] with { Records = records };
            }

            return new CheckedSource(loader, schema ?? throw new DatasetException($"{loader.Location.Uri} has no records."), splits);
        }
        catch
        {
            Release(splits);
            throw;
        }
    }

    /// <summary>A block, with a reference that the caller releases.</summary>
    public async Task<DataBlock> Block(CheckedSplit split, int index, CancellationToken cancellationToken)
    {
        var kept = split.Kept[index];
        split.Kept[index] = null;
        return kept ?? await _loader.Load(split.Catalog.Blocks[index], cancellationToken);
    }

    public void Dispose() => Release(Splits);

    private static void ReleaseUnless(DataBlock? kept, DataBlock block)
    {
        if (kept is null)
        {
            block.Release();
        }
    }

    private static void CheckSame(RecordSchema expected, DataBlock block)
    {
        if (block.Count > 0 && expected.ToString() != block.Schema.ToString())
        {
            throw new DatasetException($"{block.Origin} has other columns than what came before: expected {expected}, found {block.Schema}.");
        }
    }

    private static void Release(IEnumerable<CheckedSplit> splits)
    {
        foreach (var split in splits)
        {
            for (var i = 0; i < split.Kept.Length; i++)
            {
                split.Kept[i]?.Release();
                split.Kept[i] = null;
            }
        }
    }
}
