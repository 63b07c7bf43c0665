using System.Globalization;
using OrleansTrain.Data.Blocks;
using OrleansTrain.Data.Formats;
using OrleansTrain.Data.Reading;

namespace OrleansTrain.Data.Images;

/// <summary>
/// One image an object, its label in the key: columns <c>image</c> uint8 [channels, height, width] and <c>label</c> int64. Labels that are all
/// whole numbers are taken as they are; others are numbered in ordinal order over all splits, as ImageFolder does. Records are stored in the
/// order of the hash of their keys.
/// </summary>
internal sealed class ImageReader(DataFormat format) : IDatasetReader
{
    private const int BlockBytes = 4 << 20;
    private const int MostRecords = 1024;
    private const int LargestObject = 1 << 28;

    // What compresses well is small in the bucket: a few thousand large blank pages must not take all memory.
    private const long LargestBlock = 1 << 29;

    private static readonly string[] Endings = [".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif"];

    private readonly SplitRule _splits = new(format.Option("splits"));
    private readonly LabelTemplate _labels = new(format.Option("label") ?? "folder");
    private readonly ImageShape _shape = format.ImageShape();

    public string Format => format.Name;

    private string Expected => format.Option("label") is not (null or "folder") and var template ? $"'{template}'" : "'folder' (a folder a class: CLASS/NAME or SPLIT/CLASS/NAME)";

    public static bool Reads(string name) => Endings.Any(ending => name.EndsWith(ending, StringComparison.OrdinalIgnoreCase));

    public Task<IReadOnlyList<string>> Splits(DatasetLocation location, CancellationToken cancellationToken) =>
        SplitListing.Names(location, Endings, _splits, cancellationToken);

    public async Task<DatasetCatalog> Open(DatasetLocation location, string split, CancellationToken cancellationToken)
    {
        var labels = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var splits = new SortedSet<string>(_splits.Names, StringComparer.Ordinal);
        var (objects, unlabelled, firstUnlabelled) = (0L, 0L, "");
        var parts = new PartSorter();
        using var digest = new CatalogDigest(format);
        await foreach (var (name, info) in SplitListing.Objects(location, Endings, cancellationToken))
        {
            var own = _splits.ByShare ? _splits.ByHash(name) : SplitRule.ByName(name);
            var label = _labels.Find(name);
            if (label is not null)
            {
                labels.TryAdd(label, 0);
            }
            else if (unlabelled++ == 0)
            {
                firstUnlabelled = info.Key;
            }

            objects++;
            splits.Add(own);
            if (own == split)
            {
                var part = new ObjectPart(info.Key, info.ETag, info.Size, 0, info.Size, label ?? "");
                digest.Add(part);
                parts.Add(part);
            }
        }

        if (!splits.Contains(split))
        {
            throw SplitListing.Missing(location, split, splits);
        }

        // A few are bad records, for whoever reads them to refuse or skip; many say that the template is wrong.
        if (unlabelled > Math.Max(1, ReadSettings.Default.MostBad * objects))
        {
            throw new DatasetException(string.Create(CultureInfo.InvariantCulture, $"{unlabelled} of {objects} images have no label; the first: {NoLabel(location, firstUnlabelled)}"));
        }

        // Block parts carry the label's text; what number it has can only be said now that all of them are known.
        foreach (var (label, number) in Number(labels.Keys))
        {
            labels[label] = number;
            digest.Add(label);
        }

        // Keys are often sorted by class. A block shall hold records of all of them, or a shuffle window of few blocks would not mix.
        var cutter = new BlockCutter(BlockBytes, MostRecords);
        foreach (var part in parts.InOrder())
        {
            cutter.Add(part with { Note = part.Note.Length == 0 ? "" : labels[part.Note].ToString(CultureInfo.InvariantCulture) }, 1);
        }

        return new DatasetCatalog(location.Uri[(location.Uri.LastIndexOf('/') + 1)..], digest.Finish(), null, cutter.Finish());
    }

    public async Task<BlockContent> Read(DatasetLocation location, CatalogBlock block, ReadSettings settings, CancellationToken cancellationToken)
    {
        var parts = block.Parts.ToArray();
        var records = new Func<Record>[parts.Length];
        var decoded = 0L;
        await Parallel.ForAsync(0, records.Length, new ParallelOptions { MaxDegreeOfParallelism = settings.ParallelGets, CancellationToken = cancellationToken }, async (i, token) =>
        {
            (records[i], var bytes) = await Read(location, parts[i], token);
            if (Interlocked.Add(ref decoded, bytes) > LargestBlock)
            {
                throw new DatasetException(
                    $"{location.Name(parts[i])} and its {parts.Length - 1} neighbours take more than the {LargestBlock} bytes that a block may have when they are decoded: make them smaller with format.width and format.height.");
            }
        });
        return new BlockContent.Loose(records, $"{location.Name(parts[0])} and {parts.Length - 1} others");
    }

    private async Task<(Func<Record> Record, long Bytes)> Read(DatasetLocation location, ObjectPart part, CancellationToken cancellationToken)
    {
        var name = location.Name(part);
        if (part.Length > LargestObject)
        {
            return (() => throw new DatasetException($"{name} has {part.Length} bytes, more than the {LargestObject} that an image may have."), 0);
        }

        if (part.Note.Length == 0)
        {
            return (() => throw new DatasetException(NoLabel(location, part.Key)), 0);
        }

        using IDisposable bytes = await location.Fetch(part, 1, cancellationToken);
        try
        {
            var record = new Record(name)
            {
                ["image"] = ImageDecoder.Decode((NativeBuffer)bytes, name, _shape),
                ["label"] = Field.Of(long.Parse(part.Note, CultureInfo.InvariantCulture)),
            };
            return (() => record, record["image"].Bytes.Length);
        }
        catch (DatasetException error)
        {
            return (() => throw error, 0);
        }
    }

    private string NoLabel(DatasetLocation location, string key) =>
        $"{location.Name(key)} has no label: '{location.NameBelow(key)}' does not match {Expected}; set format.label, for example to '{{split}}/{{label}}_{{*}}.png'.";

    private static List<(string Label, long Number)> Number(IReadOnlyCollection<string> labels)
    {
        var numbers = labels.Select(label => long.TryParse(label, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : (long?)null).ToList();
        return [.. labels.Select((label, i) => (label, numbers.TrueForAll(number => number is not null) ? numbers[i]!.Value : i))];
    }
}
