using System.Globalization;
using System.Text;
using System.Text.Json;
using OrleansTrain.Data.Blocks;
using OrleansTrain.Data.Formats;
using OrleansTrain.Data.Reading;

namespace OrleansTrain.Data.Text;

/// <summary>
/// What CSV and JSON lines have in common: an object holds many records as text; it is read once to find where they start, and cut into blocks
/// of whole records. Column types come from the first records unless they are named.
/// </summary>
internal abstract class TextReaderBase(DataFormat format) : IDatasetReader
{
    private const int RunBytes = 4 << 20;

    private readonly SplitRule _splits = new(format.Option("splits"));

    /// <inheritdoc/>
    public string Format => format.Name;

    /// <summary>Types that the user has named.</summary>
    protected IReadOnlyDictionary<string, Schema.ElementType?> Types { get; } = TextColumn.ParseTypes(format.Option("types"));

    /// <summary>Endings of the objects that are read.</summary>
    protected abstract string[] Endings { get; }

    /// <summary>The delimiter behind which a quotation mark opens a field that may hold line feeds; null when there are no such fields.</summary>
    protected abstract char? Quoting(string name);

    /// <summary>Lines at the front that are no records.</summary>
    protected abstract int Header { get; }

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> Splits(DatasetLocation location, CancellationToken cancellationToken) =>
        SplitListing.Names(location, Endings, _splits, cancellationToken);

    /// <inheritdoc/>
    public async Task<DatasetCatalog> Open(DatasetLocation location, string split, CancellationToken cancellationToken)
    {
        // An empty object is a table without records, as tools that write in parallel leave them.
        var files = (await SplitListing.Files(location, split, Endings, _splits, cancellationToken)).FindAll(file => file.Size > 0);
        if (files.Count == 0)
        {
            throw new DatasetException($"{location.Uri} has no records of the split '{split}': all its objects are empty.");
        }

        var columns = Infer(await Sample(location, files[0], Header + 1, cancellationToken), location.Name(files[0].Key));
        var blocks = new List<CatalogBlock>();
        using var digest = new CatalogDigest(format);
        foreach (var file in files)
        {
            if (Header > 0 && file != files[0])
            {
                CheckHeader(await Sample(location, file, Header, cancellationToken), location.Name(file.Key), columns, location.Name(files[0].Key));
            }

            await using var stream = await location.Store.OpenRead(file.Key, cancellationToken);
            foreach (var run in await TextScanner.Scan(stream, Quoting(file.Key), Header, RunBytes, cancellationToken))
            {
                var note = new TextNote(run.FirstRecord, run.Records, split, columns);
                var part = new ObjectPart(file.Key, file.ETag, file.Size, run.Offset, run.Length, note.Write());
                var own = Enumerable.Range(0, run.Records).Count(i => IsOwn(location.NameBelow(file.Key), run.FirstRecord + i, split));
                digest.Add(part);
                blocks.Add(new CatalogBlock(own, [part]));
            }
        }

        return new DatasetCatalog(location.Uri[(location.Uri.LastIndexOf('/') + 1)..], digest.Finish(), null, blocks);
    }

    /// <inheritdoc/>
    public async Task<BlockContent> Read(DatasetLocation location, CatalogBlock block, ReadSettings settings, CancellationToken cancellationToken)
    {
        var part = block.Parts[0];
        var name = location.Name(part);
        using IDisposable bytes = await location.Fetch(part, settings.ParallelGets, cancellationToken);
        var text = Decode(((NativeBuffer)bytes).GetSpan(), name);
        var note = TextNote.Read(part.Note);
        var records = Parse(text, name, note.FirstRecord, note.Columns)
            .Where((_, i) => IsOwn(location.NameBelow(part.Key), note.FirstRecord + i, note.Split));
        return new BlockContent.Loose(records, $"{name} from record {note.FirstRecord.ToString(CultureInfo.InvariantCulture)}");
    }

    /// <summary>Finds columns and types in the first records of the first object. Bad ones say nothing about either; whoever reads them refuses or skips them.</summary>
    protected abstract IReadOnlyList<TextColumn> Infer(string sample, string name);

    /// <summary>Compares the header of a further object with the columns of the first one.</summary>
    /// <exception cref="DatasetException">It names other columns, or the same in another order.</exception>
    protected virtual void CheckHeader(string sample, string name, IReadOnlyList<TextColumn> columns, string first)
    {
    }

    /// <summary>The records of a text, one function each.</summary>
    protected abstract IEnumerable<Func<Record>> Parse(string text, string name, long firstRecord, IReadOnlyList<TextColumn> columns);

    private static string Decode(ReadOnlySpan<byte> bytes, string name)
    {
        try
        {
            var text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes);
            return text.StartsWith('\uFEFF') ? text[1..] : text;
        }
        catch (DecoderFallbackException error)
        {
            throw new DatasetException($"{name} is not UTF-8 text: {error.Message}", error);
        }
    }

    private bool IsOwn(string file, long record, string split) => !_splits.ByShare || _splits.ByHash(file, record) == split;

    private async Task<string> Sample(DatasetLocation location, Storage.ObjectInfo file, int records, CancellationToken cancellationToken)
    {
        var bytes = await TextSample.Read(location, file, Quoting(file.Key), records, Schema.RecordSchema.LargestRecord, cancellationToken);
        return Decode(bytes.Span, location.Name(file.Key));
    }
}

/// <summary>What a block's part must know to be read alone.</summary>
internal sealed record TextNote(long FirstRecord, int Records, string Split, IReadOnlyList<TextColumn> Columns)
{
    public string Write() => JsonSerializer.Serialize(this, TextJson.Default.TextNote);

    public static TextNote Read(string note) => JsonSerializer.Deserialize(note, TextJson.Default.TextNote)!;
}
