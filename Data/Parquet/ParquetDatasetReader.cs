using System.Globalization;
using OrleansTrain.Data.Formats;
using OrleansTrain.Data.Reading;
using Parquet;
using Parquet.Schema;

namespace OrleansTrain.Data.Parquet;

/// <summary>
/// Parquet: numbers keep their type (whole ones of which some are missing are float64), lists become arrays of one fixed shape, binary columns that hold PNG or JPEG become images, strings are text.
/// A row group is a block, since it can only be read as a whole.
/// </summary>
internal sealed class ParquetDatasetReader(DataFormat format) : IDatasetReader
{
    private const char Between = '\u001f';

    private static readonly string[] Endings = [".parquet"];

    private readonly string[] _wanted = (format.Option("columns") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    private readonly SplitRule _splits = new(format.Option("splits"));

    public string Format => format.Name;

    public Task<IReadOnlyList<string>> Splits(DatasetLocation location, CancellationToken cancellationToken) =>
        SplitListing.Names(location, Endings, _splits, cancellationToken);

    public async Task<DatasetCatalog> Open(DatasetLocation location, string split, CancellationToken cancellationToken)
    {
        var blocks = new List<(int Records, ObjectPart Part)>();
        var incomplete = new SortedSet<string>(StringComparer.Ordinal);
        using var digest = new CatalogDigest(format);
        foreach (var file in await SplitListing.Files(location, split, Endings, _splits, cancellationToken))
        {
            await using var parquet = await OpenFile(location, file.Key, file.ETag, file.Size, cancellationToken);
            long first = 0;
            for (var group = 0; group < parquet.RowGroupCount; group++)
            {
                using var rows = parquet.OpenRowGroupReader(group);
                var count = checked((int)rows.RowCount);
                var note = string.Create(CultureInfo.InvariantCulture, $"{group} {first} {split}");
                var part = new ObjectPart(file.Key, file.ETag, file.Size, 0, rows.RowGroup.TotalByteSize, note);
                digest.Add(part);
                blocks.Add((Enumerable.Range(0, count).Count(row => IsOwn(location.NameBelow(file.Key), first + row, split)), part));
                incomplete.UnionWith(Incomplete(rows, parquet.Schema, location.Name(file.Key)));
                first += count;
            }
        }

        return new DatasetCatalog(location.Uri[(location.Uri.LastIndexOf('/') + 1)..], digest.Finish(), null, [.. blocks.Select(block => new CatalogBlock(block.Records, [Noting(block.Part, incomplete)]))]);
    }

    public async Task<BlockContent> Read(DatasetLocation location, CatalogBlock block, ReadSettings settings, CancellationToken cancellationToken)
    {
        var part = block.Parts[0];
        var name = location.Name(part);
        var notes = part.Note.Split(Between);
        var note = notes[0].Split(' ', 3);
        var first = long.Parse(note[1], CultureInfo.InvariantCulture);
        await using var parquet = await OpenFile(location, part.Key, part.ETag, part.Size, cancellationToken);
        var columns = new List<ParquetColumn>();
        try
        {
            using var rows = parquet.OpenRowGroupReader(int.Parse(note[0], CultureInfo.InvariantCulture));
            foreach (var (column, field) in Columns(parquet.Schema, name))
            {
                columns.Add(await ParquetColumns.Read(rows, column, field, name, notes.AsSpan(1).Contains(column), cancellationToken));
            }

            var records = Enumerable.Range(0, checked((int)rows.RowCount))
                .Where(row => IsOwn(location.NameBelow(part.Key), first + row, note[2]))
                .Select(row => (Func<Record>)(() => Read(columns, row, $"{name} record {(first + row).ToString(CultureInfo.InvariantCulture)}")))
                .ToList();
            return new BlockContent.Loose(records, $"{name} from record {note[1]}");
        }
        catch (Exception error) when (error is not (DatasetException or Storage.ObjectStoreException or OperationCanceledException or OutOfMemoryException))
        {
            throw new DatasetException($"{name} is corrupt: its row group {note[0]} cannot be read ({error.Message.TrimEnd('.')}).", error);
        }
    }

    private List<string> Incomplete(ParquetRowGroupReader rows, ParquetSchema schema, string name)
    {
        try
        {
            return [.. Columns(schema, name).Where(column => column.Field.IsNullable && rows.GetStatistics(column.Field)?.NullCount > 0).Select(column => column.Name)];
        }
        catch (Exception error) when (error is not (DatasetException or OutOfMemoryException))
        {
            throw new DatasetException($"{name} is corrupt: its statistics cannot be read ({error.Message.TrimEnd('.')}).", error);
        }
    }

    // All blocks must have the same columns, also those in which nothing is missing.
    private static ObjectPart Noting(ObjectPart part, SortedSet<string> incomplete) => part with { Note = string.Join(Between, incomplete.Prepend(part.Note)) };

    private static Record Read(List<ParquetColumn> columns, int row, string origin)
    {
        var record = new Record(origin);
        foreach (var column in columns)
        {
            record[column.Name] = column.Field(row, origin);
        }

        return record;
    }

    private static async Task<ParquetReader> OpenFile(DatasetLocation location, string key, string etag, long size, CancellationToken cancellationToken)
    {
        try
        {
            return await ParquetReader.CreateAsync(new SeekableObject(location, key, etag, size), leaveStreamOpen: false, cancellationToken: cancellationToken);
        }
        catch (Exception error) when (error is not (Storage.ObjectStoreException or OperationCanceledException or OutOfMemoryException))
        {
            throw new DatasetException($"{location.Name(key)} is no Parquet file, or cut off: {error.Message}", error);
        }
    }

    private bool IsOwn(string file, long record, string split) => !_splits.ByShare || _splits.ByHash(file, record) == split;

    /// <summary>Columns by the first part of their path, or by the whole of it where several share the first part.</summary>
    private List<(string Name, DataField Field)> Columns(ParquetSchema schema, string name)
    {
        var fields = schema.GetDataFields();
        var columns = fields.Select(field => fields.Count(other => other.Path.FirstPart == field.Path.FirstPart) == 1
            ? (Name: field.Path.FirstPart!, Field: field)
            : (Name: string.Join('.', field.Path.ToList()), Field: field)).ToList();
        if (_wanted.Length == 0)
        {
            return columns;
        }

        return [.. _wanted.Select(wanted => columns.Find(column => column.Name == wanted) is { Field: not null } found
            ? found
            : throw new DatasetException($"{name} has no column '{wanted}'; it has {string.Join(", ", columns.Select(column => $"'{column.Name}'"))}."))];
    }
}
