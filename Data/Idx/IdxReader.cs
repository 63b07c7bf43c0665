using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using OrleansTrain.Data.Blocks;
using OrleansTrain.Data.Reading;
using OrleansTrain.Data.Schema;
using OrleansTrain.Storage;

namespace OrleansTrain.Data.Idx;

/// <summary>
/// Reads IDX files named <c>SPLIT-COLUMNs-idxN-TYPE[.gz]</c>: one column a file, <c>t10k</c> being the split <c>test</c>.
/// Plain files are cut into blocks; a gzip'd one can only be read as a whole and is a single block. Of a file that is there both ways the plain
/// one is read.
/// </summary>
internal sealed class IdxReader : IDatasetReader
{
    private const int BlockBytes = 4 << 20;

    public string Format => "idx";

    public async Task<IReadOnlyList<string>> Splits(DatasetLocation location, CancellationToken cancellationToken) =>
        [.. (await Files(location, cancellationToken)).Keys];

    public async Task<DatasetCatalog> Open(DatasetLocation location, string split, CancellationToken cancellationToken)
    {
        var splits = await Files(location, cancellationToken);
        if (!splits.TryGetValue(split, out var files))
        {
            throw splits.Count == 0
                ? new DatasetException($"{location.Uri} has no IDX files: expected names like train-images-idx3-ubyte.gz.")
                : DatasetException.MissingSplit(location.Uri, split, splits.Keys);
        }

        var columns = new List<(IdxFile File, IdxHeader Header)>();
        foreach (var file in files)
        {
            columns.Add((file, await IdxStream.ReadHeader(location, file.Info.Key, file.Info.Size, file.Gzip, cancellationToken)));
        }

        var records = columns[0].Header.Records;
        if (columns.Find(column => column.Header.Records != records) is { Header: not null } other)
        {
            throw new DatasetException(
                $"{location.Name(other.File.Info.Key)} has {other.Header.Records} records but {location.Name(columns[0].File.Info.Key)} has {records}: they belong together.");
        }

        var schema = new RecordSchema(columns.Select(column => new Column(column.File.Column, column.Header.Type, column.Header.Shape)));
        if (columns.Find(column => column.File.Gzip) is { File: not null } packed && (long)records * schema.RecordBytes > int.MaxValue)
        {
            throw new DatasetException(
                $"{location.Name(packed.File.Info.Key)} belongs to {(long)records * schema.RecordBytes} bytes of records, more than the {int.MaxValue} that can be read out of gzip'd files: unpack it.");
        }

        return new DatasetCatalog(location.Uri[(location.Uri.LastIndexOf('/') + 1)..], Digest(files), schema, Cut(columns, records, schema.RecordBytes));
    }

    public async Task<BlockContent> Read(DatasetLocation location, CatalogBlock block, ReadSettings settings, CancellationToken cancellationToken)
    {
        var schema = new RecordSchema(block.Parts.Select(part => Describe(part).Column));
        var result = DataBlock.Allocate(schema, block.Records, location.Name(block.Parts[0]));
        try
        {
            foreach (var part in block.Parts)
            {
                var (column, gzip) = Describe(part);
                using IDisposable bytes = gzip
                    ? await IdxStream.Unpack(location, part.Key, await IdxStream.ReadHeader(location, part.Key, part.Size, gzip, cancellationToken), cancellationToken)
                    : await location.Fetch(part, settings.ParallelGets, cancellationToken);
                Interleave(((NativeBuffer)bytes).GetSpan(), result, column);
            }

            return new BlockContent.Ready(result);
        }
        catch
        {
            result.Release();
            throw;
        }
    }

    /// <summary>The splits that the files of a prefix make, each with its files in column order.</summary>
    internal static async Task<SortedDictionary<string, List<IdxFile>>> Files(DatasetLocation location, CancellationToken cancellationToken)
    {
        var splits = new SortedDictionary<string, List<IdxFile>>(StringComparer.Ordinal);
        var folder = location.Key("");
        await foreach (var info in location.Store.List(folder, cancellationToken))
        {
            if (IdxNames.Parse(info.Key[folder.Length..]) is { } name)
            {
                splits.TryAdd(name.Split, []);
                splits[name.Split].Add(new IdxFile(name.Column, name.Gzip, info));
            }
        }

        foreach (var files in splits.Values)
        {
            // Tools that unpack a file often leave the packed one beside it; the plain one can be cut into blocks.
            var plain = files.Where(file => !file.Gzip).Select(file => file.Column).ToHashSet(StringComparer.Ordinal);
            files.RemoveAll(file => file.Gzip && plain.Contains(file.Column));
            files.Sort((left, right) => string.CompareOrdinal(left.Column, right.Column));
        }

        return splits;
    }

    private static string Digest(IEnumerable<IdxFile> files) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        string.Join('\n', files.Select(file => $"{file.Info.Key} {file.Info.ETag} {file.Info.Size}")))));

    private static List<CatalogBlock> Cut(List<(IdxFile File, IdxHeader Header)> columns, int records, int recordBytes)
    {
        var step = columns.Exists(column => column.File.Gzip) ? records : Math.Max(1, BlockBytes / recordBytes);
        var blocks = new List<CatalogBlock>();
        for (long first = 0; first < records; first += step)
        {
            var count = (int)Math.Min(step, records - first);
            blocks.Add(new CatalogBlock(count, [.. columns.Select(column => Part(column.File, column.Header, first, count))]));
        }

        return blocks;
    }

    private static ObjectPart Part(IdxFile file, IdxHeader header, long first, int count)
    {
        var note = string.Create(CultureInfo.InvariantCulture, $"{file.Column}|{header.Type}|{string.Join(',', header.Shape)}|{(file.Gzip ? "gzip" : "plain")}");
        return file.Gzip
            ? new ObjectPart(file.Info.Key, file.Info.ETag, file.Info.Size, 0, file.Info.Size, note)
            : new ObjectPart(file.Info.Key, file.Info.ETag, file.Info.Size, header.Length + (first * header.RecordBytes), (long)count * header.RecordBytes, note);
    }

    private static (Column Column, bool Gzip) Describe(ObjectPart part)
    {
        var fields = part.Note.Split('|');
        var shape = fields[2].Split(',', StringSplitOptions.RemoveEmptyEntries).Select(size => int.Parse(size, CultureInfo.InvariantCulture));
        return (new Column(fields[0], Enum.Parse<ElementType>(fields[1]), [.. shape]), fields[3] == "gzip");
    }

    private static void Interleave(ReadOnlySpan<byte> values, DataBlock block, Column column)
    {
        var (_, offset) = block.Schema.Find(column.Name);
        var (length, stride) = (column.ByteLength, block.Schema.RecordBytes);
        var records = block.Writable;
        for (var i = 0; i < block.Count; i++)
        {
            var target = records.Slice((i * stride) + offset, length);
            values.Slice(i * length, length).CopyTo(target);
            ToLittleEndian(target, column.Type.Size());
        }
    }

    private static void ToLittleEndian(Span<byte> bytes, int size)
    {
        for (var at = 0; size > 1 && at < bytes.Length; at += size)
        {
            bytes.Slice(at, size).Reverse();
        }
    }
}

/// <summary>One file of a split: one column.</summary>
internal sealed record IdxFile(string Column, bool Gzip, ObjectInfo Info);
