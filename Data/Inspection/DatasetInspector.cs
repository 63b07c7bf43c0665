using OrleansTrain.Data.Blocks;
using OrleansTrain.Data.Pipeline;
using OrleansTrain.Data.Reading;
using OrleansTrain.Data.Schema;
using OrleansTrain.Data.Statistics;
using OrleansTrain.Storage;

namespace OrleansTrain.Data.Inspection;

/// <summary><c>data inspect</c>: counts, shapes, types, class balance and a contact sheet of a dataset of any format. Thread-safe.</summary>
public sealed class DatasetInspector(IObjectStores stores)
{
    private static readonly string[] ClassNames = ["label", "class", "target", "y", "cls", "fine_label", "species"];

    /// <summary>Reads a dataset, or, where it has more blocks than <paramref name="mostBlocks"/>, as many blocks evenly spread over each split.</summary>
    /// <param name="pathOrUri">A folder or URI.</param>
    /// <exception cref="DatasetException">It is corrupt, or of no known format.</exception>
    public async Task<DatasetReport> Inspect(string pathOrUri, int mostBlocks = 64, DataPipeline? pipeline = null, CancellationToken cancellationToken = default)
    {
        var texts = new SortedSet<string>(StringComparer.Ordinal);
        var loader = await Loader(pathOrUri, pipeline, texts, cancellationToken);
        var splits = new List<SplitReport>();
        var name = "";
        foreach (var split in await loader.Splits(cancellationToken))
        {
            var catalog = await loader.Open(split, cancellationToken);
            name = catalog.Name;
            splits.Add(await Inspect(loader, split, catalog, mostBlocks, texts, cancellationToken));
        }

        return new DatasetReport(loader.Location.Uri, name, loader.Format, splits);
    }

    /// <summary>A PNG with images of the split's first image column, evenly spread over its first blocks.</summary>
    /// <exception cref="DatasetException">There is no column that looks like images.</exception>
    public async Task<byte[]> ContactSheet(
        string pathOrUri, string split, int rows = 8, int columns = 8, DataPipeline? pipeline = null, CancellationToken cancellationToken = default)
    {
        var loader = await Loader(pathOrUri, pipeline, [], cancellationToken);
        var catalog = await loader.Open(split, cancellationToken);
        var sheet = new ContactSheet(rows, columns);
        foreach (var (block, left) in Spread(catalog.Blocks, Math.Min(4, catalog.Blocks.Count)).Select((block, i) => (block, i)))
        {
            var loaded = await loader.Load(block, cancellationToken);
            try
            {
                sheet.Add(loaded, ((left + 1) * sheet.Places / Math.Min(4, catalog.Blocks.Count)) - sheet.Taken);
            }
            finally
            {
                loaded.Release();
            }
        }

        return sheet.Encode();
    }

    private static async Task<SplitReport> Inspect(
        BlockLoader loader, string name, DatasetCatalog catalog, int mostBlocks, SortedSet<string> texts, CancellationToken cancellationToken)
    {
        RecordSchema? schema = null;
        List<ColumnSummary>? statistics = null;
        var classes = new SortedDictionary<long, long>();
        string? classColumn = null;
        long read = 0;
        foreach (var entry in Spread(catalog.Blocks, mostBlocks))
        {
            var block = await loader.Load(entry, cancellationToken);
            try
            {
                if (block.Count > 0)
                {
                    schema ??= block.Schema;
                    classColumn ??= FindClass(schema);
                    read += block.Count;
                    var found = BlockSummary.Of(block, [.. schema.Columns.Select(column => column.Name)]);
                    statistics = statistics is null ? [.. found] : [.. statistics.Zip(found, (sum, part) => sum.Merge(part))];
                    Count(block, classColumn, classes);
                }
            }
            finally
            {
                block.Release();
            }
        }

        return new SplitReport(
            name, catalog.Digest, catalog.Blocks.Count, catalog.Blocks.Sum(block => (long)Math.Max(0, block.Records)), read, schema?.Columns ?? [], [.. texts],
            statistics ?? [], classColumn, classes);
    }

    private static string? FindClass(RecordSchema schema)
    {
        var whole = schema.Columns.Where(column => !column.Type.IsFloat() && column.Length == 1).Select(column => column.Name).ToList();
        return ClassNames.FirstOrDefault(whole.Contains) ?? (whole.Count == 1 ? whole[0] : null);
    }

    private static void Count(DataBlock block, string? column, SortedDictionary<long, long> classes)
    {
        if (column is null)
        {
            return;
        }

        var (described, offset) = block.Schema.Find(column);
        for (var i = 0; i < block.Count; i++)
        {
            var label = (long)Field.FromBytes(described.Type, [], block.Record(i).Slice(offset, described.ByteLength)).AsNumber();
            classes[label] = classes.GetValueOrDefault(label) + 1;
        }
    }

    private static IEnumerable<CatalogBlock> Spread(IReadOnlyList<CatalogBlock> blocks, int most)
    {
        var count = Math.Min(blocks.Count, most);
        for (var i = 0; i < count; i++)
        {
            yield return blocks[(int)((long)i * blocks.Count / count)];
        }
    }

    // Text cannot be packed into blocks; it is noted and left out.
    private async Task<BlockLoader> Loader(string pathOrUri, DataPipeline? pipeline, SortedSet<string> texts, CancellationToken cancellationToken)
    {
        var withoutText = (pipeline ?? DataPipeline.Create()).Map("leave text out", record =>
        {
            foreach (var (name, _) in record.Fields.Where(field => field.Value.IsText).ToList())
            {
                record.Remove(name);
                lock (texts)
                {
                    texts.Add(name);
                }
            }

            return record;
        });
        return await BlockLoader.Create(DatasetLocation.Resolve(stores, ObjectUri.FromPathOrUri(pathOrUri)), withoutText, ReadSettings.Default, cancellationToken);
    }
}
