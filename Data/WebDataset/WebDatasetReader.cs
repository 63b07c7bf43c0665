using System.Formats.Tar;
using System.Globalization;
using OrleansTrain.Data.Blocks;
using OrleansTrain.Data.Formats;
using OrleansTrain.Data.Images;
using OrleansTrain.Data.Reading;

namespace OrleansTrain.Data.WebDataset;

/// <summary>
/// Tar shards in the WebDataset layout: files that share a name up to the first dot are one record, the rest of the name says the column:
/// <c>0001.jpg</c> and <c>0001.cls</c> are an image and a whole number. <c>.cls</c> becomes <c>label</c>, <c>.jpg</c> <c>image</c>, <c>.seg.png</c> the
/// image <c>seg</c>, other text its own column.
/// A shard's headers are read once, and it is cut into blocks of whole records.
/// </summary>
internal sealed class WebDatasetReader(DataFormat format) : IDatasetReader
{
    private const int BlockBytes = 4 << 20;
    private const int TarUnit = 512;
    private const int LargestFile = 1 << 28;

    private static readonly string[] Endings = [".tar"];

    private readonly SplitRule _splits = new(format.Option("splits"));
    private readonly ImageShape _shape = format.ImageShape();

    public string Format => format.Name;

    public Task<IReadOnlyList<string>> Splits(DatasetLocation location, CancellationToken cancellationToken) =>
        SplitListing.Names(location, Endings, _splits, cancellationToken);

    public async Task<DatasetCatalog> Open(DatasetLocation location, string split, CancellationToken cancellationToken)
    {
        var blocks = new List<CatalogBlock>();
        using var digest = new CatalogDigest(format);
        foreach (var shard in await SplitListing.Files(location, split, Endings, _splits, cancellationToken))
        {
            if (shard.Size == 0)
            {
                throw new DatasetException($"{location.Name(shard.Key)} is empty: expected a tar archive.");
            }

            var (start, end, names) = (0L, 0L, new List<string>());
            await using var stream = new SeekableObject(location, shard.Key, shard.ETag, shard.Size, 1 << 14);
            await foreach (var entry in Entries(stream, location.Name(shard.Key), cancellationToken))
            {
                var record = RecordOf(entry.Name);
                if (names.Count > 0 && names[^1] != record && end - start >= BlockBytes)
                {
                    Close();
                }

                if (names.Count == 0 || names[^1] != record)
                {
                    names.Add(record);
                }

                end = (entry.DataOffset + entry.Length + TarUnit - 1) / TarUnit * TarUnit;
                if (end > shard.Size)
                {
                    throw new DatasetException($"{location.Name(shard.Key)} is truncated: its file {entry.Name} ends at byte {end}, the object at {shard.Size}.");
                }
            }

            Close();

            void Close()
            {
                if (names.Count > 0)
                {
                    var part = new ObjectPart(shard.Key, shard.ETag, shard.Size, start, end - start, split);
                    digest.Add(part);
                    blocks.Add(new CatalogBlock(names.Count(name => IsOwn(location.NameBelow(shard.Key), name, split)), [part]));
                    names.Clear();
                }

                start = end;
            }
        }

        return new DatasetCatalog(location.Uri[(location.Uri.LastIndexOf('/') + 1)..], digest.Finish(), null, blocks);
    }

    public async Task<BlockContent> Read(DatasetLocation location, CatalogBlock block, ReadSettings settings, CancellationToken cancellationToken)
    {
        var part = block.Parts[0];
        var name = location.Name(part);
        using IDisposable bytes = await location.Fetch(part, settings.ParallelGets, cancellationToken);
        var records = new List<(string Name, List<Func<KeyValuePair<string, Field>>> Fields)>();
        await using var stream = ((NativeBuffer)bytes).OpenRead((int)part.Length);
        await foreach (var entry in Entries(stream, name, cancellationToken))
        {
            var record = RecordOf(entry.Name);
            if (records.Count == 0 || records[^1].Name != record)
            {
                records.Add((record, []));
            }

            records[^1].Fields.Add(await Decode(entry, record.Length, $"{name} file {entry.Name}", cancellationToken));
        }

        var own = records.Where(record => IsOwn(location.NameBelow(part.Key), record.Name, part.Note)).Select(record => (Func<Record>)(() => Build(record.Name, record.Fields, name)));
        return new BlockContent.Loose([.. own], $"{name} from byte {part.Offset.ToString(CultureInfo.InvariantCulture)}");
    }

    private static Record Build(string name, List<Func<KeyValuePair<string, Field>>> fields, string shard)
    {
        var record = new Record($"{shard} record {name}");
        foreach (var (column, field) in fields.Select(field => field()).OrderBy(field => field.Key, StringComparer.Ordinal))
        {
            // Which of the two is meant nobody can know; the order in the archive must not decide what is trained on.
            record[column] = record.Has(column)
                ? throw new DatasetException($"{record.Origin} has two files for the column '{column}': expected one; rename or remove the other.")
                : field;
        }

        return record;
    }

    private static string RecordOf(string file)
    {
        var dot = file.IndexOf('.', file.LastIndexOf('/') + 1);
        return dot < 0 ? file : file[..dot];
    }

    private static async IAsyncEnumerable<TarEntry> Entries(
        Stream stream, string name, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var reader = new TarReader(stream, leaveOpen: true);
        while (true)
        {
            TarEntry? entry;
            try
            {
                entry = await reader.GetNextEntryAsync(copyData: false, cancellationToken);
            }
            catch (Exception error) when (error is InvalidDataException or EndOfStreamException or FormatException)
            {
                throw new DatasetException($"{name} is no tar archive, or cut off: {error.Message}", error);
            }

            if (entry is null)
            {
                yield break;
            }

            if (entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile)
            {
                yield return entry;
            }
        }
    }

    private bool IsOwn(string file, string record, string split) => !_splits.ByShare || _splits.ByHash($"{file}/{record}") == split;

    private async Task<Func<KeyValuePair<string, Field>>> Decode(TarEntry entry, int recordLength, string origin, CancellationToken cancellationToken)
    {
        if (entry.Length > LargestFile)
        {
            return () => throw new DatasetException($"{origin} has {entry.Length} bytes, more than the {LargestFile} that are allowed.");
        }

        using IDisposable memory = new NativeBuffer((int)entry.Length);
        var buffer = (NativeBuffer)memory;
        if (entry.DataStream is { } data)
        {
            await data.ReadExactlyAsync(buffer.Memory, cancellationToken);
        }

        try
        {
            var field = Column(entry.Name[recordLength..].TrimStart('.'), buffer, origin);
            return () => field;
        }
        catch (DatasetException error)
        {
            return () => throw error;
        }
    }

    private KeyValuePair<string, Field> Column(string ending, NativeBuffer bytes, string origin)
    {
        var last = ending.LastIndexOf('.') + 1;
        if (ImageReader.Reads($".{ending[last..]}"))
        {
            return new(last == 0 ? "image" : ending[..(last - 1)], ImageDecoder.Decode(bytes, origin, _shape));
        }

        var text = System.Text.Encoding.UTF8.GetString(bytes.GetSpan()).Trim();
        if (ending is "cls" or "cls.txt")
        {
            return new("label", long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var label)
                ? Field.Of(label)
                : throw new DatasetException($"{origin} holds '{text[..Math.Min(40, text.Length)]}': expected a whole number."));
        }

        return new(ending, Field.Of(text));
    }
}
